"""One simulator for all contract tests: they leave each other's numbers alone and clear the faults that they set. And
one Temporal server, with a namespace for each test.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.support.simulator_process import SimulatorProcess
from tests.support.temporal import Temporal, serving_temporal


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """The running service: `base_url`, `hlr_port` (ALIZE's, the others behind it), `state_dir`."""
    service = SimulatorProcess(state_dir=tmp_path_factory.mktemp("simulator"))
    service.start()
    yield service
    service.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[Temporal]:
    """A real Temporal server with our search attributes."""
    async with serving_temporal() as server:
        yield server


@pytest.fixture
async def client(temporal: Temporal) -> Client:
    """Of a namespace in which nothing has happened yet."""
    return await temporal.connect(pydantic_data_converter)
