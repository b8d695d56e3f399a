"""One stack for all end-to-end tests: they use lines of their own and clear what they set."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.living_relais import LivingRelais, living_relais


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def relais(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingRelais]:
    """Temporal, simulator, API and worker, at a pace of half a second a day."""
    async with living_relais(tmp_path_factory.mktemp("relais")) as living:
        yield living
