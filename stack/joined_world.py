"""Joining a world that another stack runs: what has to be known of it is asked for, before anything starts."""

from collections.abc import Mapping
from typing import Any

import httpx

from parties.clearing_house.signature import PRIVATE_KEY_FILE
from runtime.engine import directory_of
from runtime.parties import home_hlr_port
from runtime.settings import Settings
from stack.errors import StackError
from stack.world import TIMEOUT_S, WorldUnreachable, read_pace


async def joined(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The settings of an engine in the world at `RELAIS_SIMULATOR_URL`, with the HLRs' ports as that world has them.
    The same again where there is no such setting.

    Raises:
        StackError: names the setting that cannot be right.
    """
    if not settings.simulator_url:
        return settings
    hlr_port = await _hlr_port(settings)
    if "RELAIS_HLR_PORT" in environ and settings.hlr_port != hlr_port:
        raise StackError(
            f"RELAIS_HLR_PORT: {settings.hlr_port} is not where this world has its HLRs; leave the setting out, "
            f"or set it as there: {hlr_port}"
        )
    await _same_pace(settings, environ)
    _credentials(settings)
    return settings.model_copy(update={"hlr_port": hlr_port})


async def _hlr_port(settings: Settings) -> int:
    """What `RELAIS_HLR_PORT` is in the world that is joined."""
    network = directory_of(settings).by_code(settings.home).network_operator
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = (await client.get(f"{settings.world_url}/admin/operators")).raise_for_status()
        operators: dict[str, dict[str, Any]] = {item["code"]: item for item in answer.json()["items"]}
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as trouble:
        raise StackError(
            f"RELAIS_SIMULATOR_URL: no world answers at {settings.world_url} ({type(trouble).__name__}). "
            "Start the other stack first; its Simulator line says where it is."
        ) from None
    if settings.home not in operators or network not in operators:
        raise StackError(f"RELAIS_HOME: the world has no {settings.home}; it has {', '.join(operators)}")
    offset = home_hlr_port(settings, directory_of(settings)) - settings.hlr_port
    return int(operators[network]["hlr"]["port"]) - offset


async def _same_pace(settings: Settings, environ: Mapping[str, str]) -> None:
    wanted = environ.get("RELAIS_PACE")
    try:
        pace = await read_pace(settings.legal_clock_url)
    except WorldUnreachable as trouble:
        raise StackError(str(trouble)) from None
    if wanted and wanted not in (f"{pace:g}", f"{pace:.0f}"):
        raise StackError(
            f"RELAIS_PACE: the world has a pace of its own, {pace:g}, for everybody in it: leave the setting out"
        )


def _credentials(settings: Settings) -> None:
    where = "the folder clearing-house in the state folder of the stack that runs the world"
    if settings.clearing_house_dir is None:
        raise StackError(f"RELAIS_CLEARING_HOUSE_DIR: not set; it is {where}")
    if not (settings.credentials_dir / PRIVATE_KEY_FILE).exists():
        raise StackError(
            f"RELAIS_CLEARING_HOUSE_DIR: no credentials of {settings.consumer} in {settings.clearing_house_dir}; "
            f"it is {where}"
        )
