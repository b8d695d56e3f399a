"""The real workflow under the real plugin, sandbox on, in a server that skips time; only the parties are fakes."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from background.texts import render
from rules.france.regime import FRANCE
from runtime.keys import KEY_BYTES, KeyRing
from tests.support.end_story import SettlementStory, TerminationStory
from tests.support.fake_world import FakeWorld
from tests.support.order_environment import opened, server
from tests.support.order_story import paris
from tests.support.out_story import OutStory
from tests.support.port_story import WEDNESDAY, Story
from tests.support.sim_story import ServiceStory, SimStory

END = paris(14, 0)
"""The end of 13 June, the last day that ten days' notice from 3 June leaves."""


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
        render(message.model_copy(update={"fields": message.fields | {"code": "042137"}}), FRANCE.authorisation)


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


@pytest.fixture
async def leaving(open_order: Callable[..., Awaitable[TerminationStory]]) -> TerminationStory:
    """A termination accepted on a plain Wednesday morning, not started yet: the line goes down on 14 June at 00:00."""
    return await open_order(TerminationStory)


@pytest.fixture
async def money(open_order: Callable[..., Awaitable[SettlementStory]]) -> SettlementStory:
    """The settlement of a contract that ended on 14 June at 00:00, not started yet."""
    return await open_order(SettlementStory, END)


@pytest.fixture
async def out(open_order: Callable[..., Awaitable[OutStory]]) -> OutStory:
    """A port out asked for on a plain Wednesday morning, not started yet: answered until Friday, 5 June at 18:00."""
    return await open_order(OutStory)
