"""What all running orders have in common, and how the parts that several kinds of order share see one."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.orders import CustomerMessage, Order
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.legal_time import LegalTime


class Run:
    """Base of the states that the steps of an order hand to each other."""

    order: Order

    def key(self, step: str, number: int = 1) -> str:
        """The idempotency key of a write: the order, the step and its number, never a run, an attempt or a fresh
        value.
        """
        return f"{self.order.order_id}:{step}:{number}"

    def local_day(self, instant: datetime) -> str:
        """The calendar day of a legal instant in the number's territory, as an ISO date."""
        return instant.astimezone(ZoneInfo(self.order.zone)).date().isoformat()


class Running(Protocol):
    """What a step needs that is not of one kind of order alone."""

    @property
    def desk(self) -> Desk: ...

    @property
    def undo(self) -> Compensations: ...

    @property
    def time(self) -> LegalTime: ...

    def key(self, step: str, number: int = 1) -> str: ...

    def local_day(self, instant: datetime) -> str: ...

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """What the customer is told, on each channel that counts for it."""
        ...
