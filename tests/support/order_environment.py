"""A server that skips time, workers with the real plugin, sandbox on, and the fake world of each order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import which
from sys import executable
from typing import Any, TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import ListOpenWorkflowExecutionsRequest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from runtime.keys import KeyRing
from runtime.temporal import plugin
from tests.support.fake_world import FakeClock
from tests.support.order_story import WEDNESDAY, OrderStory
from tests.support.temporal import BUILD_ID
from workflows.order.search_attributes import REGISTERED

ATTRIBUTES = AddSearchAttributesRequest(
    search_attributes={
        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in REGISTERED.items()
    }
)


def server() -> str:
    """The time-skipping server's program."""
    found = which("temporal-test-server", path=str(Path(executable).parent)) or which("temporal-test-server")
    assert found, "the time-skipping server comes with the packages of the tests"
    return found


Story = TypeVar("Story", bound=OrderStory[Any])
_numbers = count(1)

SKIPS_WITHIN_S = 0.5
"""Real seconds for a skip of a second of the server's: half of it, so that a server that does not skip is found out."""


@asynccontextmanager
async def time_skipping(ring: KeyRing) -> AsyncIterator[WorkflowEnvironment]:
    """A server that skips time. It serves one story after another, never two at once: skipping is for all of it."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server(), plugins=[plugin(ring)]
    ) as env:
        await env.client.operator_service.add_search_attributes(ATTRIBUTES)
        yield env


@dataclass
class Servers:
    """The server that skips time for one story after another; a new one after a story that left something open in it.

    A workflow that is terminated while an activity runs keeps the server from skipping for ever after.
    """

    ring: KeyRing
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack)
    _env: WorkflowEnvironment | None = None

    @asynccontextmanager
    async def opened(
        self, story: type[Story], accepted_at: datetime = WEDNESDAY, pace: float = 1.0
    ) -> AsyncIterator[Story]:
        """One order's story, not started yet, with a task queue and a world of its own."""
        env = self._env = self._env or await self._closing.enter_async_context(time_skipping(self.ring))
        used_up = True
        try:
            async with opened(env, story, accepted_at, pace) as one:
                yield one
            used_up = self._env is env and not await is_as_new(env)
        finally:
            if used_up:
                await self.aclose()

    async def aclose(self) -> None:
        """Ends the server; the next story starts another."""
        self._env = None
        await self._closing.aclose()


@asynccontextmanager
async def opened(
    env: WorkflowEnvironment, story: type[Story], accepted_at: datetime = WEDNESDAY, pace: float = 1.0
) -> AsyncIterator[Story]:
    """One order's story, not started yet, with a task queue and a world of its own."""
    world = story.world_at(FakeClock(env.get_current_time, accepted_at, pace))
    queue = f"relais-{next(_numbers)}"
    async with Worker(env.client, task_queue=queue, build_id=BUILD_ID, activities=story.activities(world)):
        yield story(env, world, queue, accepted_at)


async def is_as_new(env: WorkflowEnvironment) -> bool:
    """Nothing is open in this server, and it skips time at once."""
    request = ListOpenWorkflowExecutionsRequest(namespace=env.client.namespace)
    if (await env.client.workflow_service.list_open_workflow_executions(request)).executions:
        return False
    try:
        await asyncio.wait_for(env.sleep(timedelta(seconds=1)), SKIPS_WITHIN_S)
    except TimeoutError:
        return False
    return True
