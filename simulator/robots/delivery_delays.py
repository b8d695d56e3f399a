"""When a robot acts on a delivery: after its usual delay, or later if a fault of its operator strikes."""

import time

from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.vocabulary import MessageType
from simulator.world.faults import KINDS, STREAM_KINDS, Faults

FAULT_CALL = "desk"
"""The `call` by which a fault of an operator can be aimed at its robot alone."""
FAULT_KINDS = frozenset(KINDS) - STREAM_KINDS
RETRY_SECONDS = 1.0
"""After a failure that is not a delay the robot tries again."""


class DeliveryDelays:
    """Due times are in memory only. A restart begins them again, which can only make a robot slower."""

    def __init__(self, faults: Faults, answer_seconds: float) -> None:
        self._faults = faults
        self._answer_seconds = answer_seconds
        self._due: dict[int, float] = {}
        self._settled: set[int] = set()

    def due(self, waiting: list[Delivery]) -> list[Delivery]:
        """Those to act on now, of all that wait at the desks; what no longer waits there is forgotten.

        Faults strike when a delivery is first seen, and again at each retry.
        """
        ids = {delivery.id for delivery in waiting}
        self._due = {one: due for one, due in self._due.items() if one in ids}
        self._settled &= ids
        due = [delivery for delivery in waiting if self._is_due(delivery)]
        for delivery in due:
            del self._due[delivery.id]
        return due

    def _is_due(self, delivery: Delivery) -> bool:
        now = time.monotonic()
        due = self._due.get(delivery.id)
        if due is None:
            due = now + (self._answer_seconds if delivery.type == MessageType.PORTING_REQUEST else 0.0)
        elif due > now:
            return False
        if delivery.id not in self._settled:
            due = self._strike(delivery, due)
        self._due[delivery.id] = due
        return due <= now

    def _strike(self, delivery: Delivery, due: float) -> float:
        fault = self._faults.take(delivery.operator, FAULT_CALL, kinds=FAULT_KINDS)
        if fault is None or fault.kind in ("latency", "hang"):
            self._settled.add(delivery.id)
            return due if fault is None else due + fault.delay
        return time.monotonic() + RETRY_SECONDS

    def forget(self) -> None:
        """Forget all deliveries: the world is new."""
        self._due.clear()
        self._settled.clear()

    def next_due(self) -> float | None:
        """Real seconds until the next delivery is due, as of the last look; None when none waits."""
        return min(self._due.values()) - time.monotonic() if self._due else None
