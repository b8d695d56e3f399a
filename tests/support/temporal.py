"""A real Temporal server for many tests, each in a namespace of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.testing import WorkflowEnvironment

from stack.temporal import program
from workflows.order.search_attributes import REGISTERED

BUILD_ID = "tests"
"""Named, since the default is a hash over the code of every loaded module: two seconds of CPU in each process."""

NAMESPACES = 40
"""Made at the start, which is quick; the caches of a running server take seconds to hear of a new one."""


@dataclass(frozen=True)
class Temporal:
    """Where the server is, and which of its namespaces nobody has used."""

    address: str
    unused: Iterator[str]

    async def connect(self, converter: DataConverter) -> Client:
        """A client of the next namespace."""
        return await Client.connect(self.address, namespace=next(self.unused), data_converter=converter)


@asynccontextmanager
async def serving_temporal() -> AsyncIterator[Temporal]:
    """A server, until the end of the block."""
    names = [f"test-{number}" for number in range(NAMESPACES)]
    attributes = [f"{name}={kind}" for name, kind in REGISTERED.items()]
    words = [("--namespace", name) for name in names] + [("--search-attribute", each) for each in attributes]
    async with await WorkflowEnvironment.start_local(
        ip="127.0.0.1",
        dev_server_existing_path=str(program()),
        dev_server_extra_args=[word for pair in words for word in pair],
        dev_server_log_level="error",
    ) as environment:
        yield Temporal(environment.client.service_client.config.target_host, iter(names))
