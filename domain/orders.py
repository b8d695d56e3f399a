"""Orders: what is asked for a line, where the order stands, and what its timeline says."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import Field

from domain.lines import LineChange
from domain.model import Instant, Model
from domain.refusals import Refusal
from domain.termination import FollowUp, Quarantine
from domain.timeline import TimelineEvent


class OrderKind(StrEnum):
    """What happens to the line."""

    PORT_IN = "port_in"
    PORT_OUT = "port_out"
    SIM_REPLACEMENT = "sim_replacement"
    TERMINATION = "termination"
    LINE_SERVICE = "line_service"
    SETTLEMENT = "settlement"


class OrderState(StrEnum):
    """The states of TM Forum's product ordering API (TMF641), one line each; docs/how-a-port-runs.md draws them."""

    ACKNOWLEDGED = "acknowledged"  # accepted and durable, nothing done yet
    IN_PROGRESS = "inProgress"  # we are working on it
    PENDING = "pending"  # waits for another party, the customer or a gate
    HELD = "held"  # waits for a human at our desk
    ASSESSING_CANCELLATION = "assessingCancellation"  # a cancel was asked for, we find out whether it is still possible
    PENDING_CANCELLATION = "pendingCancellation"  # a cancel was recorded, the other side has not shown it yet
    COMPLETED = "completed"  # done, proved from outside
    PARTIAL = "partial"  # a fleet order of which some lines were refused
    FAILED = "failed"  # given up before the point of no return and undone
    CANCELLED = "cancelled"  # withdrawn by the customer and undone
    REJECTED = "rejected"  # refused by the donor or the rules after acceptance, and undone

    @property
    def is_final(self) -> bool:
        return self in FINAL_STATES


FINAL_STATES = frozenset(
    {OrderState.COMPLETED, OrderState.PARTIAL, OrderState.FAILED, OrderState.CANCELLED, OrderState.REJECTED}
)


class WaitingFor(Model):
    """Whom an order waits for, for what, until when, and what happens then."""

    party: str
    what: str
    until: Instant | None = None  # legal time
    then: str = ""


class OrderStatus(Model):
    """Where an order stands: one definition for the journal, the API, the search attributes and the Web UI."""

    state: OrderState
    stage: str  # one of those of the order's kind: domain/stages.py
    waiting_for: WaitingFor | None = None
    needs_attention: bool = False
    attention: str = ""  # what a human should do, with the exact update to send
    point_of_no_return: bool = False
    refusal: Refusal | None = None
    outcome: dict[str, Any] | None = None
    due: Instant | None = None  # legal time
    late: bool = False  # the promise was not kept


ACCEPTED = OrderStatus(state=OrderState.ACKNOWLEDGED, stage="accepted")
"""How every order begins."""


class Actor(Model):
    """Who did it and why: a person, the engine (`relais`) or a party by its name."""

    by: str = "relais"
    reason: str = ""


class CustomerMessage(Model):
    """One message owed to the customer; sent once per (order, `kind`, `channel`) by the outbox."""

    kind: str  # e.g. port_in.date_agreed; the template's name
    channel: str  # sms or email
    to: str
    language: str = "fr"
    fields: dict[str, str] = Field(default_factory=dict)


class Order(Protocol):
    """What every order says of itself, whatever its kind."""

    @property
    def order_id(self) -> str: ...
    @property
    def line_hash(self) -> str: ...
    @property
    def msisdn(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def home(self) -> str: ...
    @property
    def donor(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def accepted_at(self) -> datetime: ...
    @property
    def accepted_at_real(self) -> datetime: ...
    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class OrderResult(Model):
    """What an order's workflow returns; the outcome is in the journal."""

    order_id: str
    state: str


class JournalEntry(Model):
    """What one transition of an order writes to the journal, in one transaction; `key` is unique within the order, so
    that a repeated write changes nothing."""

    order_id: str
    key: str
    status: OrderStatus
    events: list[TimelineEvent] = Field(default_factory=list)
    messages: list[CustomerMessage] = Field(default_factory=list)
    release_line: bool = False
    preemptible: bool | None = None  # whether the order only waits from now on, so that another may have its line first
    contract_ended: bool = False  # on the line: orders that wait for it get nothing, a quarantine ends
    is_note: bool = False  # only adds its events: the status of the order stays
    line_changes: list[LineChange] = Field(default_factory=list)
    quarantine: Quarantine | None = None  # the contract has ended: the number's quarantine begins
    follow_ups: list[FollowUp] = Field(default_factory=list)
    seq: int = 0  # grows with each entry and with time; 0: none. An older one never turns back a newer one's status

    def due_at(self, due: datetime) -> "JournalEntry":
        """The same entry of an order that is due at this legal instant."""
        return self.model_copy(update={"status": self.status.model_copy(update={"due": due})})


class StepRequest(Model):
    """A request to an activity that may carry a transition: the activity records it once its own work is done."""

    entry: JournalEntry | None = None


class StepResult(Model):
    """The answer to a `StepRequest`. `recorded`: the transition is in the journal."""

    recorded: bool = False
    due: Instant | None = None  # legal time: when the order is due, where only the step finds it out; recorded too
