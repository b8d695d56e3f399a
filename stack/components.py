"""The components of a Relais stack, from its settings."""

import sys
from collections.abc import Mapping, Sequence

import httpx

from runtime.settings import Settings
from stack.component import Component, Probe
from stack.ports import HOST, Port
from stack.robot import switch_off_home_robot
from stack.temporal import TemporalAdmin

HLR_PORTS = 5
"""ALIZE's HLR listens on the setting's port, BOREA's, CIRUS's, DUNE's and FJORD's on the four after it."""

PROBE_TIMEOUT_S = 2.0


def http_ok(url: str) -> Probe:
    """Ready when `url` answers 200."""

    async def probe(_: int) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=PROBE_TIMEOUT_S) as client:
                return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    return probe


def simulator(settings: Settings, env: Mapping[str, str]) -> Component:
    """The outside world. Making a world of ten thousand subscribers is part of its first start."""
    return Component(
        name="simulator",
        command=[sys.executable, "-m", "simulator"],
        env=env,
        ready=http_ok(f"http://{HOST}:{settings.simulator_port}/healthz"),
        ports=(
            Port(settings.simulator_port, "RELAIS_SIMULATOR_PORT", "the simulator", settings.simulator_port),
            *Port.block(settings.hlr_port, HLR_PORTS, "RELAIS_HLR_PORT", "a simulated HLR"),
        ),
        where=f"http://{HOST}:{settings.simulator_port}",
    )


def api(settings: Settings, env: Mapping[str, str]) -> Component:
    """The REST API and the outbox that starts workflows."""
    return Component(
        name="api",
        command=[sys.executable, "-m", "api"],
        env=env,
        ready=http_ok(f"http://{HOST}:{settings.api_port}/healthz"),
        after=("temporal", "simulator"),
        ports=(Port(settings.api_port, "RELAIS_API_PORT", "the REST API", settings.api_port),),
        where=f"http://{HOST}:{settings.api_port}/v1",
    )


def worker(
    settings: Settings, env: Mapping[str, str], admin: TemporalAdmin, command: Sequence[str] | None = None
) -> Component:
    """The process that runs workflows and activities, in the place of the home operator's robot; ready when
    Temporal sees it ask for work.
    """
    return Component(
        name="worker",
        command=command or [sys.executable, "worker.py"],
        env=env,
        ready=lambda pid: admin.polled_by(settings.task_queue, pid),
        after=("temporal", "simulator"),
        prepare=lambda: switch_off_home_robot(settings),
        where=f"task queue {settings.task_queue}",
    )
