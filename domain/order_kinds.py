"""The registry of order kinds: what each kind of order is. Whoever treats kinds differently asks here.

A new kind is one member of `OrderKind`, one entry here, and the folder of its story. `rules/line_precedence.py` says
which kind may have whose line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.authentication import AuthenticationMethod
from domain.lines import LineAction, LineNewsKind, LineServiceOrder
from domain.model import Model
from domain.orders import Order, OrderKind
from domain.port_in import PortInOrder
from domain.port_out import PortOutOrder
from domain.sim_replacement import SimReplacementOrder
from domain.sims import SimForm
from domain.stages import (
    LineServiceStage,
    PortInStage,
    PortOutStage,
    SettlementStage,
    SimReplacementStage,
    Stage,
    TerminationStage,
)
from domain.termination import SettlementOrder, TerminationOrder

_WHO_HAS_IT = frozenset(LineNewsKind) - {LineNewsKind.CHANGED}


def _nothing_more(order: Mapping[str, Any]) -> list[str]:  # noqa: ARG001 - the shape of `requests`
    return []


@dataclass(frozen=True)
class KindDefinition:
    """What one kind of order is."""

    prefix: str  # of the ids of its orders
    workflow: str  # its name
    order: type[Model]  # what the workflow takes
    stages: type[Stage]
    summary: Callable[[Any], str]  # of an order, for the Web UI's list; nothing personal
    routes: tuple[str, ...] = ()  # of the REST API, where it is asked for; none: it is not asked for there
    requests: Callable[[Mapping[str, Any]], list[str]] = _nothing_more
    """What can be asked of an order (as the journal keeps it) over REST, beside what can be asked of every order."""
    can_be_cancelled: bool = True
    asked_by_operators: bool = False  # the request comes from another operator: it starts from a queue of its own
    holds_line: bool = True  # while it is open no other order is accepted on the line; False also where it has no line
    line_news: frozenset[LineNewsKind] = frozenset()  # what it is told about its line
    brings_number: bool = False  # from another operator to us
    takes_number_away: bool = False  # from us to another operator
    number_state: Literal["porting", "terminating", "changing"] = "changing"  # of the number while it is open
    while_number_leaves: str = ""  # what a person can do who wants this while a port out has the line

    def read(self, order: object) -> Order:
        """The workflow's input as the journal holds it; raises `ValidationError`."""
        read: Order = self.order.model_validate(order)  # type: ignore[assignment]
        return read


def _of_port_in(order: Mapping[str, Any]) -> list[str]:
    return ["reschedule", *(["activation-code"] if order.get("sim_form") == SimForm.ESIM else [])]


def _of_port_out(order: Mapping[str, Any]) -> list[str]:  # noqa: ARG001 - the shape of `requests`
    return ["freeze", "code", "release", "refuse", "port-back"]


def _of_sim_replacement(order: Mapping[str, Any]) -> list[str]:
    esim = order.get("form") == SimForm.ESIM
    sent = not esim and not order.get("iccid")
    return [
        *_code(order),
        "release",
        "refuse",
        *(["activate"] if sent else []),
        *(["activation-code"] if esim else []),
    ]


def _of_line_service(order: Mapping[str, Any]) -> list[str]:
    return ["declaration"] if order.get("action") == LineAction.BLOCK_HANDSET else []


def _code(order: Mapping[str, Any]) -> list[str]:
    by_code = order.get("authentication", {}).get("method") == AuthenticationMethod.ONE_TIME_CODE
    return ["code"] if by_code else []


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


ORDER_KINDS: Mapping[str, KindDefinition] = {
    OrderKind.PORT_IN: KindDefinition(
        prefix="pi",
        workflow="PortIn",
        order=PortInOrder,
        stages=PortInStage,
        summary=_port_in,
        routes=("/v1/port-ins", "/v1/orders/{order_id}/port-back"),
        requests=_of_port_in,
        brings_number=True,
        number_state="porting",
        while_number_leaves="the number is leaving us: once it has left, it can be ported in from its new operator",
    ),
    OrderKind.PORT_OUT: KindDefinition(
        prefix="po",
        workflow="PortOut",
        order=PortOutOrder,
        stages=PortOutStage,
        summary=_port_out,
        requests=_of_port_out,
        can_be_cancelled=False,  # only the recipient withdraws its request
        asked_by_operators=True,
        line_news=frozenset(LineNewsKind),
        takes_number_away=True,
        number_state="porting",
    ),
    OrderKind.SIM_REPLACEMENT: KindDefinition(
        prefix="sr",
        workflow="SimReplacement",
        order=SimReplacementOrder,
        stages=SimReplacementStage,
        summary=_sim_replacement,
        routes=("/v1/sim-replacements",),
        requests=_of_sim_replacement,
        line_news=_WHO_HAS_IT,
        while_number_leaves="the SIM can be replaced once that port's day is agreed, or it has come to nothing",
    ),
    OrderKind.TERMINATION: KindDefinition(
        prefix="te",
        workflow="Termination",
        order=TerminationOrder,
        stages=TerminationStage,
        summary=_termination,
        routes=("/v1/terminations",),
        requests=_code,
        line_news=_WHO_HAS_IT,
        number_state="terminating",
        while_number_leaves="if that port is performed it ends the contract by itself",
    ),
    OrderKind.LINE_SERVICE: KindDefinition(
        prefix="ls",
        workflow="LineService",
        order=LineServiceOrder,
        stages=LineServiceStage,
        summary=_line_service,
        routes=tuple(f"/v1/lines/{{msisdn}}/{action}" for action in ("bar", "unbar", "lock", "unlock")),
        requests=_of_line_service,
        holds_line=False,  # it works whatever else runs
    ),
    OrderKind.SETTLEMENT: KindDefinition(
        prefix="st",
        workflow="Settlement",
        order=SettlementOrder,
        stages=SettlementStage,
        summary=_settlement,
        can_be_cancelled=False,  # what is owed is owed
        holds_line=False,
    ),
}
"""By kind; an order's kind as the journal keeps it, a text, finds its entry too."""
