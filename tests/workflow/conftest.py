"""The real workflow under the real plugin, sandbox on, in a server that skips time; only the parties are fakes."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from background.texts import render
from runtime.keys import KEY_BYTES, KeyRing
from tests.support.fake_world import FakeWorld
from tests.support.order_environment import opened, server
from tests.support.port_story import WEDNESDAY, Story
from tests.support.sim_story import ServiceStory, SimStory


@pytest.fixture
def test_server() -> str:
    """The program of the server that skips time."""
    return server()


@pytest.fixture
async def open_order() -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Opens the world of one order of the kind that its story tells of, accepted when the test says."""
    key = secrets.token_bytes(KEY_BYTES)
    ring = KeyRing(active="t1", keys={"t1": key}, index_key=secrets.token_bytes(KEY_BYTES))
    worlds: list[FakeWorld] = []
    async with AsyncExitStack() as stack:

        async def open_one(story: type[Any], accepted_at: datetime = WEDNESDAY, *, pace: float = 1.0) -> Any:
            opened_one = await stack.enter_async_context(opened(story, ring, accepted_at, pace))
            worlds.append(opened_one.world)
            return opened_one

        yield open_one
        for world in worlds:
            every_message_has_a_text(world)


def every_message_has_a_text(world: FakeWorld) -> None:
    """Whatever the workflow has the customer told can be put in words. Only the outbox knows a code."""
    for message in world.recorder.messages:
        render(message.model_copy(update={"fields": message.fields | {"code": "042137"}}))


@pytest.fixture
def open_story(open_order: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Story]]:
    """A port in; a test that needs another day of acceptance or a pace opens its own."""
    return partial(open_order, Story)


@pytest.fixture
async def story(open_story: Callable[..., Awaitable[Story]]) -> Story:
    """A port accepted on a plain Wednesday morning, not started yet."""
    return await open_story()


@pytest.fixture
async def sim(open_order: Callable[..., Awaitable[SimStory]]) -> SimStory:
    """A SIM replacement accepted on a plain Wednesday morning, not started yet."""
    return await open_order(SimStory)


@pytest.fixture
async def service(open_order: Callable[..., Awaitable[ServiceStory]]) -> ServiceStory:
    """A line service accepted on a plain Wednesday morning, not started yet."""
    return await open_order(ServiceStory)
