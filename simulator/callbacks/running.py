"""The callbacks of a running world, each told until it is answered.

Every subject has a task of its own while something of it waits, so a receiver that is slow for one holds nobody
else up. How often a callback was tried is not written down: after a restart all are tried at once.
"""

import asyncio
import logging
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from simulator.callbacks import addresses, faults
from simulator.callbacks.addresses import Address
from simulator.callbacks.outbox import WAKERS, Callback, settle, waiting
from simulator.callbacks.posting import new_client, post
from simulator.callbacks.schema import KEPT, SCHEMA
from simulator.world.faults import Fault
from simulator.world.world import World

_LOG = logging.getLogger("simulator.callbacks")
_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
AT_A_TIME = 16
"""Requests that one operator's receiver gets at the same time."""
_ROUTE = "/home/(?P<operator>[A-Z]+)/callbacks/[^/]+"
Subject = tuple[str, str, str]


@dataclass
class Line:
    """The callbacks of one subject, waiting in line."""

    callbacks: deque[Callback] = field(default_factory=deque)
    longer: asyncio.Event = field(default_factory=asyncio.Event)


class Running:
    """Tells until `stop`."""

    def __init__(self, world: World) -> None:
        world.store.declare(SCHEMA, keep=KEPT)
        self._world = world
        self._store = world.store
        self._client = new_client()
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_A_TIME))
        self._lines: dict[Subject, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._known = 0
        self._woken = False
        for party, call in faults.CALLS.items():
            world.faults.name_calls(party, [call])
        world.faults.register_call("PUT", _ROUTE, "{operator}", "callback")
        world.faults.on_change(self._look_again)
        world.store.on_reset(self._begin_anew)
        self.wake()

    def wake(self) -> None:
        """Look for new callbacks once the present transaction is through."""
        if not self._woken:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._line_up)

    def register(self, operator: str, party: str, address: Address) -> None:
        """What waits, for an address or for its next try, is told at once."""
        addresses.register(self._store, operator, party, address)
        self._look_again()

    async def stop(self) -> None:
        """Let go of what is under way; it is told again after a start."""
        tasks = list(self._tasks)
        self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def _line_up(self) -> None:
        self._woken = False
        for callback in waiting(self._store, self._known):
            self._known = callback.id
            subject = (callback.operator, callback.party, callback.subject)
            line = self._lines.get(subject)
            if line is None:
                line = self._lines[subject] = Line()
                task = asyncio.create_task(self._work_off(subject, line), name="callbacks")
                self._tasks.add(task)
                task.add_done_callback(self._done)
            line.callbacks.append(callback)
            line.longer.set()

    async def _work_off(self, subject: Subject, line: Line) -> None:
        while line.callbacks:
            first = line.callbacks.popleft()
            late = faults.held_back(self._world.faults, first.party)
            if late is not None and (second := await self._successor(line, late)):
                await self._tell(second)
            await self._tell(first)
        del self._lines[subject]

    async def _successor(self, line: Line, late: Fault) -> Callback | None:
        line.longer.clear()
        if not line.callbacks:
            with suppress(TimeoutError):
                await asyncio.wait_for(line.longer.wait(), late.delay)
        return line.callbacks.popleft() if line.callbacks else None

    async def _tell(self, callback: Callback) -> None:
        pause = FIRST_PAUSE_S
        changed = self._changed  # from before the try: what changes during it is not missed
        while not await self._try(callback):
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), pause)
            changed = self._changed
            pause = min(2 * pause, LONGEST_PAUSE_S)
        settle(self._store, callback)

    async def _try(self, callback: Callback) -> bool:
        address = await self._somebody_to_tell(callback)
        fault = faults.of_one_try(self._world.faults, callback.party)
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "latency":
            await asyncio.sleep(fault.delay)
        async with self._slots[callback.operator]:
            answered = await post(self._client, callback, address)
            if answered and kind == "duplicate":
                await post(self._client, callback, address)
        return answered and kind != "reply_lost"

    async def _somebody_to_tell(self, callback: Callback) -> Address:
        while True:
            address = addresses.registered(self._store, callback.operator, callback.party)
            if address is not None and not faults.out(self._world.faults, callback.party):
                return address
            await self._changed.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a callback has stopped being told", exc_info=task.exception())

    def _look_again(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _begin_anew(self) -> None:
        self._cancel()
        self._known = 0
        self.wake()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._lines.clear()


def start(world: World) -> Running:
    """Begin to tell what waits; before whatever queues callbacks."""
    running = Running(world)
    WAKERS[world] = running.wake
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The callbacks that `start` has set going. KeyError before that."""
    return _RUNNING[world]
