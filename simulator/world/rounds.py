"""Things that happen by themselves: a task that does what is due and sleeps until the next is."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

_LOG = logging.getLogger(__name__)
IDLE_SECONDS = 30.0
"""Longest sleep, in real seconds; `wake` ends it before."""
SHORTEST_SECONDS = 0.005


class Rounds:
    """`work` does what is due, in transactions of its own, and says whether there was anything.

    `next_due` is the real seconds until there is, None when nothing is to come.
    """

    def __init__(self, name: str, work: Callable[[], bool], next_due: Callable[[], float | None]) -> None:
        self._work = work
        self._next_due = next_due
        self._waker = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=name)
        self._task.add_done_callback(_report)

    def wake(self) -> None:
        """Something new may be due sooner than the last sleep knew."""
        self._waker.set()

    async def stop(self) -> None:
        """End between two transactions."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            self._waker.clear()
            if self._work():
                await asyncio.sleep(0)
                continue
            # Not wait_for: Python 3.11's forgets a cancellation that comes together with the waking.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._sleep_seconds()):
                    await self._waker.wait()

    def _sleep_seconds(self) -> float:
        left = self._next_due()
        return IDLE_SECONDS if left is None else min(max(left, SHORTEST_SECONDS), IDLE_SECONDS)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _LOG.error("%s has stopped working", task.get_name(), exc_info=task.exception())
