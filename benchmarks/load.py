"""Offering load with a bounded number of orders in flight: as one ends, the next is offered."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

LOOK_S = 0.2
"""Real seconds between looks at how many have ended."""

STALLED_S = 120.0
SENDERS = 8


class Stalled(Exception):
    """Nothing has ended for a long time."""


async def offer(
    items: Sequence[T],
    submit: Callable[[T], Awaitable[None]],
    ended: Callable[[], Awaitable[int]],
    *,
    in_flight: int,
    progress: Callable[[int], None],
    look_s: float = LOOK_S,
    stalled_s: float = STALLED_S,
) -> None:
    """Submits all items, never more than `in_flight` ahead of those that have ended, and returns when all have.

    `ended` counts from the beginning of this load; `progress` is told at every look.

    Raises:
        Stalled: nothing has ended for `stalled_s` real seconds.
        Exception: what `submit` or `ended` raised.
    """
    permits = asyncio.Semaphore(in_flight)
    rest = iter(items)

    async def send() -> None:
        for item in rest:
            await permits.acquire()
            await submit(item)

    async def watch() -> None:
        known, since = 0, time.monotonic()
        while known < len(items):
            await asyncio.sleep(look_s)
            now = await ended()
            if now > known:
                since = time.monotonic()
            elif time.monotonic() - since > stalled_s:
                raise Stalled(f"{now} of {len(items)} have ended, none in the last {stalled_s:g} s")
            for _ in range(now - known):
                permits.release()
            known = now
            progress(known)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(watch())
            for _ in range(SENDERS):
                group.create_task(send())
    except BaseExceptionGroup as trouble:
        raise trouble.exceptions[0] from None
