"""A process that Temporal's own cancel must not cut short."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Answer = TypeVar("Answer")


async def shielded(process: Awaitable[Answer], *, on_cancel: Callable[[], None]) -> Answer:
    """Run the process to its end: each cancel only calls `on_cancel`, and a second one is harmless.

    The worker's eviction of a cached workflow ends the process itself, which is let through.
    """
    task = asyncio.ensure_future(process)
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
            if task.done():
                return task.result()  # it ended in the very moment of the cancel
            on_cancel()
