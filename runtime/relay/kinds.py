"""The kinds of orders that have a workflow: its name, what it takes, and what the Web UI's list says of it."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.lines import LineServiceOrder
from domain.model import Model
from domain.orders import Order, OrderKind
from domain.port_in import PortInOrder
from domain.port_out import PortOutOrder
from domain.sim_replacement import SimReplacementOrder
from domain.termination import SettlementOrder, TerminationOrder


@dataclass(frozen=True)
class Kind:
    """How orders of one kind are started. `summary` holds nothing personal."""

    workflow: str
    order: type[Model]
    summary: Callable[..., str]

    def read(self, order: object) -> Order:
        """The workflow's input as the journal holds it; raises `ValidationError`."""
        read: Order = self.order.model_validate(order)  # type: ignore[assignment]
        return read


def _port_in(order: PortInOrder) -> str:
    return f"Port in from {order.donor} to {order.home}"


def _port_out(order: PortOutOrder) -> str:
    return f"Port out from {order.home} to {order.recipient}"


def _sim_replacement(order: SimReplacementOrder) -> str:
    return f"SIM replacement: {order.reason}, {order.form}"


def _line_service(order: LineServiceOrder) -> str:
    return f"Line service: {order.action}"


def _termination(order: TerminationOrder) -> str:
    return f"Termination, last day {order.requested_date or 'by notice'}"


def _settlement(order: SettlementOrder) -> str:
    return f"Settlement of the contract that {order.ended_by} has ended"


KINDS: dict[OrderKind, Kind] = {
    OrderKind.PORT_IN: Kind("PortIn", PortInOrder, _port_in),
    OrderKind.PORT_OUT: Kind("PortOut", PortOutOrder, _port_out),
    OrderKind.SIM_REPLACEMENT: Kind("SimReplacement", SimReplacementOrder, _sim_replacement),
    OrderKind.LINE_SERVICE: Kind("LineService", LineServiceOrder, _line_service),
    OrderKind.TERMINATION: Kind("Termination", TerminationOrder, _termination),
    OrderKind.SETTLEMENT: Kind("Settlement", SettlementOrder, _settlement),
}
