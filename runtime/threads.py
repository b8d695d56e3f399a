"""The journal is synchronous; asynchronous code calls it through threads."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import to_thread

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a blocking function without blocking the event loop."""
    return await to_thread.run_sync(partial(function, *args, **kwargs))
