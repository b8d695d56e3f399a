"""One simulator for all contract tests: they leave each other's numbers alone and clear the faults that they set. And a
Temporal server for whoever wants one of his own.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from stack.temporal import program
from tests.support.simulator_process import SimulatorProcess
from workflows.order.search_attributes import REGISTERED


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """The running service: `base_url`, `hlr_port` (ALIZE's, the others behind it), `state_dir`."""
    service = SimulatorProcess(state_dir=tmp_path_factory.mktemp("simulator"))
    service.start()
    yield service
    service.end()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    """Of a real Temporal server with our search attributes, empty."""
    attributes = [text for name, kind in REGISTERED.items() for text in ("--search-attribute", f"{name}={kind}")]
    async with await WorkflowEnvironment.start_local(
        ip="127.0.0.1",
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(program()),
        dev_server_extra_args=attributes,
        dev_server_log_level="error",
    ) as environment:
        yield environment.client
