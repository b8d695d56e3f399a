"""Sends the callbacks of the outbox, each until it is answered.

Every subject has a task of its own while something of it waits, so a receiver that is slow for one delays no other.
How often a callback was tried is not stored: after a restart all are tried at once.
"""

import asyncio
import logging
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field

from simulator.callbacks import addresses, faults
from simulator.callbacks.addresses import Address
from simulator.callbacks.http_request import new_client, post
from simulator.world.faults import Fault
from simulator.world.outbox import Callback
from simulator.world.world import World

_LOG = logging.getLogger("simulator.callbacks")
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
AT_A_TIME = 16
"""Requests that one operator's receiver gets at the same time."""
_ROUTE = "/home/(?P<operator>[A-Z]+)/callbacks/[^/]+"
Subject = tuple[str, str, str]


@dataclass
class Queue:
    """The callbacks of one subject, the oldest first. `grown` is set when one is added."""

    callbacks: deque[Callback] = field(default_factory=deque)
    grown: asyncio.Event = field(default_factory=asyncio.Event)


class CallbackSender:
    """Sends from `start` to `stop`."""

    def __init__(self, world: World) -> None:
        world.store.declare(addresses.SCHEMA, keep=addresses.KEPT)
        self._world = world
        self._store = world.store
        self._outbox = world.outbox
        self._client = new_client()
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_A_TIME))
        self._queues: dict[Subject, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._known = 0
        self._woken = False
        self._outbox.on_queued(self._wake)
        for party, call in faults.CALLS.items():
            world.faults.name_calls(party, [call])
        world.faults.register_call("PUT", _ROUTE, "{operator}", "callback")
        world.faults.on_change(self._look_again)
        world.store.on_reset(self._begin_anew)

    def start(self) -> None:
        """Begin with what an earlier service has left."""
        self._wake()

    def register(self, operator: str, party: str, address: Address) -> None:
        """What waits, for an address or for its next try, is sent at once."""
        addresses.register(self._store, operator, party, address)
        self._look_again()

    async def stop(self) -> None:
        """Break off what is under way; it is sent again after a start."""
        tasks = list(self._tasks)
        self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def _wake(self) -> None:
        if not self._woken:  # once the present transaction is through
            self._woken = True
            asyncio.get_running_loop().call_soon(self._distribute)

    def _distribute(self) -> None:
        self._woken = False
        for callback in self._outbox.waiting(self._known):
            self._known = callback.id
            subject = (callback.operator, callback.party, callback.subject)
            queue = self._queues.get(subject)
            if queue is None:
                queue = self._queues[subject] = Queue()
                task = asyncio.create_task(self._send_all(subject, queue), name="callbacks")
                self._tasks.add(task)
                task.add_done_callback(self._done)
            queue.callbacks.append(callback)
            queue.grown.set()

    async def _send_all(self, subject: Subject, queue: Queue) -> None:
        while queue.callbacks:
            first = queue.callbacks.popleft()
            late = faults.held_back(self._world.faults, first.party)
            if late is not None and (second := await self._next(queue, late)):
                await self._send(second)
            await self._send(first)
        del self._queues[subject]

    async def _next(self, queue: Queue, late: Fault) -> Callback | None:
        queue.grown.clear()
        if not queue.callbacks:
            with suppress(TimeoutError):
                await asyncio.wait_for(queue.grown.wait(), late.delay)
        return queue.callbacks.popleft() if queue.callbacks else None

    async def _send(self, callback: Callback) -> None:
        pause = FIRST_PAUSE_S
        changed = self._changed  # from before the try: what changes during it is not missed
        while not await self._try(callback):
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), pause)
            changed = self._changed
            pause = min(2 * pause, LONGEST_PAUSE_S)
        self._outbox.settle(callback)

    async def _try(self, callback: Callback) -> bool:
        address = await self._address_of(callback)
        fault = faults.of_one_try(self._world.faults, callback.party)
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "latency":
            await asyncio.sleep(fault.delay)
        async with self._slots[callback.operator]:
            answered = await post(self._client, callback, address)
            if answered and kind == "duplicate":
                await post(self._client, callback, address)
        return answered and kind != "reply_lost"

    async def _address_of(self, callback: Callback) -> Address:
        while True:
            address = addresses.registered(self._store, callback.operator, callback.party)
            if address is not None and not faults.out(self._world.faults, callback.party):
                return address
            await self._changed.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a callback is no longer sent", exc_info=task.exception())

    def _look_again(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _begin_anew(self) -> None:
        self._cancel()
        self._known = 0
        self._wake()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._queues.clear()
