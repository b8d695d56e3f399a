"""The robots of a running world: one task for all desks, so that a broadcast is acted on in one transaction."""

import asyncio
import logging
from contextlib import suppress
from weakref import WeakKeyDictionary

from simulator.clearing_house import running_in as clearing_house_in
from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.vocabulary import MessageType
from simulator.robots.behaviours import Behaviours
from simulator.robots.clerk import Clerk
from simulator.robots.donor import Asked, DonorDesk, Pace
from simulator.robots.patience import FAULT_CALL, Patience
from simulator.robots.promises import Promises
from simulator.robots.schema import KEPT, SCHEMA
from simulator.robots.switches import Switches
from simulator.world.world import World

_LOG = logging.getLogger(__name__)
_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()
BATCH = 500
IDLE_SECONDS = 30.0
"""Longest sleep, in real seconds; a delivery, a switch or a fault wakes the robots before."""
SHORTEST_SECONDS = 0.005


class Running:
    """The robots at work until `stop`."""

    def __init__(self, world: World, pace: Pace) -> None:
        world.store.declare(SCHEMA, keep=KEPT)
        self._world = world
        self._house = clearing_house_in(world).house
        self.switches = Switches(world.store, world.operators)
        self.behaviours = Behaviours(world.store)
        self._promises = Promises(world.store, world.clock)
        self._clerk = Clerk(world, self._house, self._promises)
        self._donor = DonorDesk(self._house, world.clock, world.subscribers, self.behaviours, self._promises, pace)
        self._patience = Patience(world.faults, pace.answer)
        world.store.on_reset(self._patience.forget)
        world.faults.on_change(self._house.mailboxes.wake_all)
        for code in world.operators:
            world.faults.name_calls(code, [FAULT_CALL])
        self._task = asyncio.create_task(self._run(), name="robots")
        self._task.add_done_callback(_report)

    def turn(self, operator: str, enabled: bool) -> None:
        """Switch a robot on or off; switched on it finds its mailbox as it was left. KeyError without a desk."""
        self.switches.turn(operator, enabled)
        self._house.mailboxes.wake([operator])

    async def stop(self) -> None:
        """End the work between two transactions."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        with self._house.mailboxes.watch(self.switches.codes) as waker:
            while True:
                waker.clear()
                if self.work():
                    await asyncio.sleep(0)
                    continue
                # Not wait_for: Python 3.11's forgets a cancellation that comes together with the waking.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._sleep_seconds()):
                        await waker.wait()

    def work(self) -> bool:
        """Do what is due now at all staffed desks, in one transaction; False when there was nothing."""
        desks = self._desks()
        due = self._patience.due(self._house.mailboxes.waiting(desks, BATCH))
        owed = [promise for promise in self._promises.of(desks) if self._promises.seconds_left(promise) <= 0]
        if not (due or owed):
            return False
        with self._world.store.transaction():
            for delivery in due:
                self._handle(delivery)
            self._house.confirm_all([delivery.id for delivery in due])
            for promise in owed:
                self._donor.keep(promise, self._world.operators[promise.operator])
        return True

    def _desks(self) -> list[str]:
        return [code for code in self.switches.staffed() if not self._world.faults.outage(code)]

    def _handle(self, delivery: Delivery) -> None:
        operator = self._world.operators[delivery.operator]
        if delivery.type == MessageType.PORTING_REQUEST:
            self._donor.receive(Asked.read(operator, delivery.data))
        else:
            self._clerk.act(operator, delivery)

    def _sleep_seconds(self) -> float:
        waits = [self._promises.seconds_left(promise) for promise in self._promises.of(self._desks())]
        next_due = self._patience.next_due()
        if next_due is not None:
            waits.append(next_due)
        return min(max(min(waits, default=IDLE_SECONDS), SHORTEST_SECONDS), IDLE_SECONDS)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _LOG.error("the robots have stopped working", exc_info=task.exception())


def start(world: World, pace: Pace | None = None) -> Running:
    """Staff the desks of a world whose clearing house is open."""
    running = Running(world, pace or Pace())
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The robots that `start` has put to work. KeyError before that."""
    return _RUNNING[world]
