"""What several files of unit tests ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.api_kit import Api


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """The API with a journal and stand-ins of the test's own."""
    async with Api(tmp_path) as opened:
        yield opened
