"""The robots: one task for all desks, so that a broadcast is acted on in one transaction."""

from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import MessageType
from simulator.robots.behaviours import Behaviours
from simulator.robots.clerk import Clerk
from simulator.robots.donor import Asked, DonorDesk, Pace
from simulator.robots.patience import FAULT_CALL, Patience
from simulator.robots.promises import Promises
from simulator.robots.schema import KEPT, SCHEMA
from simulator.robots.switches import Switches
from simulator.world.due_task import DueTask
from simulator.world.world import World

BATCH = 500


class Robots:
    """All robots, which act in `task`. A delivery, a switch or a fault wakes it."""

    def __init__(self, world: World, clearing_house: ClearingHouse, pace: Pace) -> None:
        world.store.declare(SCHEMA, keep=KEPT)
        self._world = world
        self._house = clearing_house
        self.switches = Switches(world.store, world.operators)
        self.behaviours = Behaviours(world.store)
        self._promises = Promises(world.store, world.clock)
        self._clerk = Clerk(world, self._house, self._promises)
        self._donor = DonorDesk(self._house, world.clock, world.subscribers, self.behaviours, self._promises, pace)
        self._patience = Patience(world.faults, pace.answer)
        world.store.on_reset(self._patience.forget)
        self.task = DueTask("robots", world.store, self.work, self._seconds_left)
        world.faults.on_change(self.task.wake)
        clearing_house.mailboxes.on_delivery(self.switches.codes, self.task.wake)
        for code in world.operators:
            world.faults.name_calls(code, [FAULT_CALL])

    def turn(self, operator: str, enabled: bool) -> None:
        """Switch a robot on or off; switched on it finds its mailbox as it was left. KeyError without a desk."""
        self.switches.turn(operator, enabled)
        self.task.wake()

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

    def _seconds_left(self) -> float | None:
        waits = [self._promises.seconds_left(promise) for promise in self._promises.of(self._desks())]
        next_due = self._patience.next_due()
        return min(waits if next_due is None else [*waits, next_due], default=None)
