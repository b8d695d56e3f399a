"""A stack of its own for each module of kills and faults."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.living_relais import LivingRelais, living_relais


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def battered(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingRelais]:
    """Temporal, simulator, API and worker, which come back by themselves when they are killed."""
    async with living_relais(tmp_path_factory.mktemp("battered")) as living:
        yield living
