"""The gateway to Temporal: start an order's workflow, wake it, send it an update."""

from typing import Protocol

from domain.model import Model
from domain.orders import Order, OrderKind, OrderStatus
from domain.updates import Recorded


class TemporalUnavailable(Exception):
    """Temporal cannot be reached, or does not answer in time."""


class UpdateRefused(Exception):
    """The workflow said no; `reason` is its sentence, `seq` the newest journal entry that it knew of, where it may say
    yes once it knows more; None: its no is for good.
    """

    def __init__(self, reason: str, seq: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seq = seq


class NotRunning(Exception):
    """No workflow of this id is running: it is closed, or not started yet."""


class NotAnswering(Exception):
    """Temporal took the update and the workflow did not answer in time: it may still be carried out."""


class TemporalGateway(Protocol):
    """What is asked of Temporal."""

    async def start(self, kind: OrderKind, order: Order, status: OrderStatus) -> None:
        """Starts the workflow of this kind under the order's id; one that is started already is fine. Raises
        `TemporalUnavailable`.
        """

    async def wake(self, order_id: str) -> None:
        """Signals a running order to read its inbox. Raises `NotRunning`, `TemporalUnavailable`."""

    async def update(self, order_id: str, name: str, request: Model, update_id: str) -> Recorded:
        """Asks something of a running order, once per `update_id`. Raises `UpdateRefused`, `NotRunning`,
        `NotAnswering`, `TemporalUnavailable`.
        """
        ...

    async def reachable(self) -> bool:
        """Whether Temporal answers now."""
        ...
