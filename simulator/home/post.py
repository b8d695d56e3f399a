"""The post at work: one task moves all shipments of a running world on when their legal time has come."""

import asyncio
import logging
from contextlib import suppress
from weakref import WeakKeyDictionary

from simulator.home import shipments
from simulator.world.world import World

_LOG = logging.getLogger(__name__)
_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()
BATCH = 500
IDLE_SECONDS = 30.0
"""Longest sleep, in real seconds; a new shipment or a new world wakes the post before."""
SHORTEST_SECONDS = 0.005


class Running:
    """At work until `stop`. Due instants are stored, so a restart catches up with what it slept through."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waker = asyncio.Event()
        world.store.on_reset(self._waker.set)
        self._task = asyncio.create_task(self._run(), name="post")
        self._task.add_done_callback(_report)

    def wake(self) -> None:
        """There is a new shipment."""
        self._waker.set()

    async def stop(self) -> None:
        """End the work between two transactions."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            self._waker.clear()
            if self.work():
                await asyncio.sleep(0)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._waker.wait(), self._sleep_seconds())

    def work(self) -> bool:
        """Make the changes that are due now, in one transaction; False when there was none."""
        overdue = shipments.overdue(self._world, BATCH)
        if overdue:
            with self._world.store.transaction():
                for row in overdue:
                    shipments.advance(self._world, row)
        return bool(overdue)

    def _sleep_seconds(self) -> float:
        due = shipments.next_due(self._world)
        if due is None:
            return IDLE_SECONDS
        left = self._world.clock.real_seconds(due - self._world.clock.legal_now())
        return min(max(left, SHORTEST_SECONDS), IDLE_SECONDS)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _LOG.error("the post has stopped working", exc_info=task.exception())


def start(world: World) -> Running:
    """Let the post work in a world whose home systems are prepared."""
    running = Running(world)
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The post that `start` has put to work. KeyError before that."""
    return _RUNNING[world]
