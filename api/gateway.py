"""Temporal as the API needs it: start an order's workflow, ask something of a running one."""

from typing import Protocol

from domain.model import Model
from domain.orders import OrderStatus
from domain.port_in import PortInOrder
from domain.updates import Recorded


class TemporalUnavailable(Exception):
    """Temporal cannot be reached, or does not answer in time."""


class UpdateRefused(Exception):
    """The workflow said no; `reason` is its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotRunning(Exception):
    """No workflow of this id is running: it is closed, or not started yet."""


class NotAnswering(Exception):
    """Temporal took the update and the workflow did not answer in time: it may still be carried out."""


class TemporalGateway(Protocol):
    """What the API asks of Temporal."""

    async def start(self, order: PortInOrder, status: OrderStatus) -> None:
        """Starts the order's workflow under the order's id; one that is started already is fine. Raises
        `TemporalUnavailable`."""

    async def update(self, order_id: str, name: str, request: Model, update_id: str) -> Recorded:
        """Asks something of a running order, once per `update_id`. Raises `UpdateRefused`, `NotRunning`,
        `NotAnswering`, `TemporalUnavailable`.
        """
        ...

    async def reachable(self) -> bool:
        """Whether Temporal answers now."""
        ...
