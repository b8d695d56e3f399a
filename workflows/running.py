"""A running order, as the parts that several kinds of order share see it."""

from datetime import datetime
from typing import Protocol

from domain.orders import CustomerMessage
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.legal_time import LegalTime


class Running(Protocol):
    """What every order has while it runs."""

    @property
    def desk(self) -> Desk: ...

    @property
    def undo(self) -> Compensations: ...

    @property
    def time(self) -> LegalTime: ...

    def key(self, step: str, number: int = 1) -> str:
        """The idempotency key of a write: the order, the step and its number, never a run, an attempt or a fresh
        value.
        """
        ...

    def local_day(self, instant: datetime) -> str:
        """The calendar day of a legal instant in the number's territory, as an ISO date."""
        ...

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """What the customer is told, on each channel that counts for it."""
        ...
