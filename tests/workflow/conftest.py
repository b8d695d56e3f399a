"""The real workflow under the real plugin, sandbox on, in a server that skips time; only the parties are fakes."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from shutil import which
from sys import executable

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from runtime.keys import KEY_BYTES, KeyRing
from runtime.temporal import plugin
from tests.support.port_activities import fake_activities
from tests.support.port_story import WEDNESDAY, Story
from tests.support.port_world import FakeClock, FakeWorld
from workflows.search_attributes import REGISTERED

ATTRIBUTES = AddSearchAttributesRequest(
    search_attributes={
        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in REGISTERED.items()
    }
)


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(active="t1", keys={"t1": secrets.token_bytes(KEY_BYTES)}, index_key=secrets.token_bytes(KEY_BYTES))


@pytest.fixture
def test_server() -> str:
    found = which("temporal-test-server") or which("temporal-test-server", path=str(Path(executable).parent))
    assert found, "the time-skipping server comes with the packages of the tests"
    return found


@pytest.fixture
async def open_story(ring: KeyRing, test_server: str) -> AsyncIterator[Callable[..., object]]:
    """Makes the world of one order; a test that needs another day of acceptance or another pace opens its own."""
    async with AsyncExitStack() as stack:

        async def opened(accepted_at: datetime = WEDNESDAY, *, pace: float = 1.0) -> Story:
            env = await stack.enter_async_context(
                await WorkflowEnvironment.start_time_skipping(
                    test_server_existing_path=test_server, plugins=[plugin(ring)]
                )
            )
            await env.client.operator_service.add_search_attributes(ATTRIBUTES)
            world = FakeWorld(FakeClock(env.get_current_time, accepted_at, pace))
            await stack.enter_async_context(
                Worker(env.client, task_queue="relais", activities=fake_activities(world, "ALIZE"))
            )
            return Story(env, world, "relais", accepted_at)

        yield opened


@pytest.fixture
async def story(open_story: Callable[..., object]) -> Story:
    """A port accepted on a plain Wednesday morning, not started yet."""
    return await open_story()  # type: ignore[misc, no-any-return]
