"""The robot that stands in for the home operator in a simulated world: switched off before its engine starts."""

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential

from runtime.settings import Settings
from stack.errors import StackError
from stack.world import TIMEOUT_S

PATIENCE_S = 60


async def switch_off_home_robot(settings: Settings) -> None:
    """Nothing to do where there is no simulated world, or where it is done already.

    Raises:
        StackError: the world did not answer for a minute, or has no such operator.
    """
    if not settings.world_url:
        return
    attempts = AsyncRetrying(
        retry=retry_if_exception_type(httpx.HTTPError),
        wait=wait_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(PATIENCE_S),
        reraise=True,
    )
    address = f"{settings.world_url}/admin/robots/{settings.home}"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as client:
            async for attempt in attempts:
                with attempt:
                    (await client.put(address, json={"enabled": False})).raise_for_status()
    except httpx.HTTPError as trouble:
        raise StackError(
            f"The robot of {settings.home} could not be switched off at {address} ({type(trouble).__name__})."
        ) from None
