"""A server that skips time, a worker with the real plugin, sandbox on, and one order's fake world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from shutil import which
from sys import executable
from typing import Any, TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from runtime.keys import KeyRing
from runtime.temporal import plugin
from tests.support.fake_world import FakeClock
from tests.support.order_story import WEDNESDAY, OrderStory
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


@asynccontextmanager
async def opened(
    story: type[Story], ring: KeyRing, accepted_at: datetime = WEDNESDAY, pace: float = 1.0
) -> AsyncIterator[Story]:
    """One order's story, not started yet; each has a server of its own, because one server skips for one workflow."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server(), plugins=[plugin(ring)]
    ) as env:
        await env.client.operator_service.add_search_attributes(ATTRIBUTES)
        world = story.world_at(FakeClock(env.get_current_time, accepted_at, pace))
        async with Worker(env.client, task_queue="relais", activities=story.activities(world)):
            yield story(env, world, "relais", accepted_at)
