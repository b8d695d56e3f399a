"""The robots: one task for all desks, so that a broadcast is acted on in one transaction."""

from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import MessageType
from simulator.robots.behaviours import DonorBehaviours
from simulator.robots.delivery_delays import FAULT_CALL, DeliveryDelays
from simulator.robots.donor import DonorDesk, Pace, ReceivedRequest
from simulator.robots.follow_up import FollowUp
from simulator.robots.postponed_answers import PostponedAnswers
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
        self._clearing_house = clearing_house
        self.switches = Switches(world.store, world.operators)
        self.behaviours = DonorBehaviours(world.store)
        self._postponed = PostponedAnswers(world.store, world.clock)
        self._follow_up = FollowUp(world, self._clearing_house, self._postponed)
        self._donor = DonorDesk(
            self._clearing_house, world.clock, world.subscribers, self.behaviours, self._postponed, pace
        )
        self._delays = DeliveryDelays(world.faults, pace.answer)
        world.store.on_reset(self._delays.forget)
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
        """Do what is due now at all desks whose robot is on, in one transaction; False when there was nothing."""
        desks = self._desks()
        due = self._delays.due(self._clearing_house.mailboxes.waiting(desks, BATCH))
        owed = [answer for answer in self._postponed.of(desks) if self._postponed.seconds_left(answer) <= 0]
        if not (due or owed):
            return False
        with self._world.store.transaction():
            for delivery in due:
                self._handle(delivery)
            self._clearing_house.confirm_all([delivery.id for delivery in due])
            for answer in owed:
                self._donor.give(answer, self._world.operators[answer.operator])
        return True

    def _desks(self) -> list[str]:
        return [code for code in self.switches.switched_on() if not self._world.faults.outage(code)]

    def _handle(self, delivery: Delivery) -> None:
        operator = self._world.operators[delivery.operator]
        if delivery.type == MessageType.PORTING_REQUEST:
            self._donor.receive(ReceivedRequest.read(operator, delivery.data))
        else:
            self._follow_up.act(operator, delivery)

    def _seconds_left(self) -> float | None:
        waits = [self._postponed.seconds_left(answer) for answer in self._postponed.of(self._desks())]
        next_due = self._delays.next_due()
        return min(waits if next_due is None else [*waits, next_due], default=None)
