"""The real workflow under the real plugin, sandbox on, in a server that skips time; only the parties are fakes."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from background.texts import render
from runtime.keys import KEY_BYTES, KeyRing
from tests.support.end_story import SettlementStory, TerminationStory
from tests.support.fake_world import FakeWorld
from tests.support.order_environment import Servers, server
from tests.support.order_story import paris
from tests.support.out_story import OutStory
from tests.support.port_story import WEDNESDAY, Story
from tests.support.sim_story import ServiceStory, SimStory

HERE = Path(__file__).parent
of_the_file = pytest_asyncio.fixture(loop_scope="module")
"""A fixture of one test, on the event loop of its file, as the tests here are: the file's server was started on it."""

END = paris(14, 0)
"""The end of 13 June, the last day that ten days' notice from 3 June leaves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them on the event loop of their file."""
    for item in items:
        if item.path.parent == HERE and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture
def test_server() -> str:
    """The program of the server that skips time."""
    return server()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    """The server that skips time, of all tests of a file."""
    key = secrets.token_bytes(KEY_BYTES)
    servers = Servers(KeyRing(active="t1", keys={"t1": key}, index_key=secrets.token_bytes(KEY_BYTES)))
    yield servers
    await servers.aclose()


@of_the_file
async def open_order(servers: Servers) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Opens the world of one order of the kind that its story tells of, accepted when the test says."""
    worlds: list[FakeWorld] = []
    async with AsyncExitStack() as stack:

        async def open_one(story: type[Any], accepted_at: datetime = WEDNESDAY, *, pace: float = 1.0) -> Any:
            opened_one = await stack.enter_async_context(servers.opened(story, accepted_at, pace))
            worlds.append(opened_one.world)
            return opened_one

        yield open_one
        for world in worlds:
            every_message_has_a_text(world)


def every_message_has_a_text(world: FakeWorld) -> None:
    """Whatever the workflow has the customer told can be put in words. Only the outbox knows a code."""
    for message in world.recorder.messages:
        render(message.model_copy(update={"fields": message.fields | {"code": "042137"}}), world.regime.authorisation)


@pytest.fixture
def open_story(open_order: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Story]]:
    """A port in; a test that needs another day of acceptance or a pace opens its own."""
    return partial(open_order, Story)


@of_the_file
async def story(open_story: Callable[..., Awaitable[Story]]) -> Story:
    """A port accepted on a plain Wednesday morning, not started yet."""
    return await open_story()


@of_the_file
async def sim(open_order: Callable[..., Awaitable[SimStory]]) -> SimStory:
    """A SIM replacement accepted on a plain Wednesday morning, not started yet."""
    return await open_order(SimStory)


@of_the_file
async def service(open_order: Callable[..., Awaitable[ServiceStory]]) -> ServiceStory:
    """A line service accepted on a plain Wednesday morning, not started yet."""
    return await open_order(ServiceStory)


@of_the_file
async def leaving(open_order: Callable[..., Awaitable[TerminationStory]]) -> TerminationStory:
    """A termination accepted on a plain Wednesday morning, not started yet: the line goes down on 14 June at 00:00."""
    return await open_order(TerminationStory)


@of_the_file
async def money(open_order: Callable[..., Awaitable[SettlementStory]]) -> SettlementStory:
    """The settlement of a contract that ended on 14 June at 00:00, not started yet."""
    return await open_order(SettlementStory, END)


@of_the_file
async def out(open_order: Callable[..., Awaitable[OutStory]]) -> OutStory:
    """A port out asked for on a plain Wednesday morning, not started yet: answered until Friday, 5 June at 18:00."""
    return await open_order(OutStory)
