"""A stack of its own for each module of kills and faults, and one whose worker dies at every place once."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.settings import Settings
from stack.component import Component
from stack.robot import switch_off_home_robot
from tests.support.living_relais import LivingRelais, living_relais


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def battered(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingRelais]:
    """Temporal, simulator, API and worker, which come back by themselves when they are killed."""
    async with living_relais(tmp_path_factory.mktemp("battered")) as living:
        yield living


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each death leaves a mark; where there is one already, the worker lives on."""
    return tmp_path_factory.mktemp("deaths")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mortal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, deaths: Path
) -> AsyncIterator[LivingRelais]:
    """A stack whose worker dies once at every place that has no mark, at the module's `PACE`."""

    def worker(settings: Settings) -> Component:
        return Component(
            name="mortal",
            command=[sys.executable, "-m", "tests.chaos.crashing_worker", str(deaths)],
            ready=alive,
            after=("temporal", "simulator"),
            prepare=lambda: switch_off_home_robot(settings),
        )

    folder, three = tmp_path_factory.mktemp("mortal"), ("temporal", "simulator", "api")
    async with living_relais(folder, components=three, extra=[worker], pace=request.module.PACE) as living:
        yield living


async def alive(_pid: int) -> bool:
    """It dies often: nobody waits for it."""
    return True
