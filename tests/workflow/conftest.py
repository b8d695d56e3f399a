"""The real workflow under the real plugin, sandbox on, in a server that skips time; only the parties are fakes."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime

import pytest

from runtime.keys import KEY_BYTES, KeyRing
from tests.support.port_environment import opened, server
from tests.support.port_story import WEDNESDAY, Story


@pytest.fixture
def test_server() -> str:
    """The program of the server that skips time."""
    return server()


@pytest.fixture
async def open_story() -> AsyncIterator[Callable[..., Awaitable[Story]]]:
    """Opens the world of one order; a test that needs another day of acceptance or a pace opens its own."""
    key = secrets.token_bytes(KEY_BYTES)
    ring = KeyRing(active="t1", keys={"t1": key}, index_key=secrets.token_bytes(KEY_BYTES))
    async with AsyncExitStack() as stack:

        async def open_one(accepted_at: datetime = WEDNESDAY, *, pace: float = 1.0) -> Story:
            return await stack.enter_async_context(opened(ring, accepted_at, pace))

        yield open_one


@pytest.fixture
async def story(open_story: Callable[..., Awaitable[Story]]) -> Story:
    """A port accepted on a plain Wednesday morning, not started yet."""
    return await open_story()
