"""Taking our own desk in a simulated world: the home operator's robot steps back once its engine runs."""

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential

PATIENCE_S = 60


async def take_the_desk(http: httpx.AsyncClient, world_url: str, home: str) -> None:
    """Switch the home operator's robot off; nothing to do where there is no simulated world.

    Raises:
        httpx.HTTPError: the world did not answer for a minute.
    """
    if not world_url:
        return
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(httpx.HTTPError),
        wait=wait_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(PATIENCE_S),
        reraise=True,
    ):
        with attempt:
            answer = await http.put(f"{world_url}/admin/robots/{home}", json={"enabled": False})
            answer.raise_for_status()
