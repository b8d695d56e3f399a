"""The pace of the world that the stack runs in."""

from collections.abc import Mapping

import httpx

from runtime.settings import Settings

PACE_FOR_SHOWING = "20000"
"""A legal day in 4.3 real seconds: a port takes half a minute."""

TIMEOUT_S = 10.0


class WorldUnreachable(Exception):
    """The legal clock is configured and does not answer."""


def pace_of_a_new_world(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """What to add to the simulator's environment: a pace for showing, unless one was asked for or the world has its own
    already."""
    exists = (settings.state_dir / "simulator" / "world.sqlite").exists()
    return {} if exists or environ.get("RELAIS_PACE") else {"RELAIS_PACE": PACE_FOR_SHOWING}


async def read_pace(clock_url: str) -> float:
    """How fast legal time runs; 1 where no legal clock is configured.

    Raises:
        WorldUnreachable: it is configured and does not answer.
    """
    if not clock_url:
        return 1.0
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = (await client.get(clock_url)).raise_for_status()
            return float(answer.json()["pace"])
    except (httpx.HTTPError, KeyError, ValueError) as trouble:
        raise WorldUnreachable(f"The legal clock at {clock_url} does not answer ({type(trouble).__name__}).") from None
