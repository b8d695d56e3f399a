"""What happens by itself in the world: a task that does what is due and sleeps until the next is."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from simulator.store import Store

_LOG = logging.getLogger(__name__)
IDLE_SECONDS = 30.0
"""Longest sleep, in real seconds; `wake` ends it before."""
SHORTEST_SECONDS = 0.005


class DueTask:
    """`work` does what is due, in transactions of its own, and says whether there was anything.

    `seconds_left` is the real seconds until there is, None when nothing is to come. A reset of the store wakes it.
    """

    def __init__(
        self, name: str, store: Store, work: Callable[[], bool], seconds_left: Callable[[], float | None]
    ) -> None:
        self._name = name
        self._work = work
        self._seconds_left = seconds_left
        self._waker = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        store.on_reset(self.wake)

    def start(self) -> None:
        """Begin with what is due now."""
        self._task = asyncio.create_task(self._run(), name=self._name)
        self._task.add_done_callback(_report)

    def wake(self) -> None:
        """Something new may be due sooner than the last sleep knew."""
        self._waker.set()

    async def stop(self) -> None:
        """End between two transactions."""
        if self._task is not None:
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
        left = self._seconds_left()
        return IDLE_SECONDS if left is None else min(max(left, SHORTEST_SECONDS), IDLE_SECONDS)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _LOG.error("%s has stopped working", task.get_name(), exc_info=task.exception())
