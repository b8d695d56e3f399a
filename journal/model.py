"""What goes into the journal and what comes out. Instants are UTC; `…_real` is real time, every other is legal time."""

from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field

from domain.lines import LineChange
from domain.model import Instant, Model
from domain.orders import ACCEPTED, CustomerMessage, JournalEntry, Order, OrderKind, OrderStatus
from domain.termination import Quarantine
from domain.timeline import TimelineCode, TimelineEvent


class Acceptance(Model):
    """Everything that one accepted request writes, in one transaction. `also` holds orders made with it, each with a
    key of its own.
    """

    order_id: str
    kind: str
    msisdn: str | None  # E.164; None: the order has no line of its own
    donor: str
    recipient: str
    related_to: str | None = None  # the order that it belongs to
    key: str  # the client's idempotency key
    fingerprint: str  # equal for equal requests
    accepted_at: Instant
    accepted_at_real: Instant
    order: dict[str, Any]  # the workflow's input
    status: OrderStatus
    events: list[TimelineEvent] = Field(default_factory=list)
    messages: list[CustomerMessage] = Field(default_factory=list)
    refuses_locked: bool = False  # a locked line is no line for this order
    waits_for_line: bool = False  # while another order holds the line: accepted all the same, behind it
    dossier_id: str = ""  # of a port out: the dossier that the order is one number of
    line_changes: list[LineChange] = Field(default_factory=list)
    unlocks_at: Instant | None = None  # of an unlocking: when the lock will open
    also: list["Acceptance"] = Field(default_factory=list)
    notes: list[JournalEntry] = Field(default_factory=list)  # on other orders, which may have ended

    @classmethod
    def of(cls, kind: OrderKind, order: Order, *, key: str, fingerprint: str, **more: Any) -> Self:
        """The acceptance of an order as it begins; `more`: further fields, of which `events` has what is told first."""
        return cls(
            order_id=order.order_id,
            kind=kind.value,
            msisdn=order.msisdn,
            donor=order.donor,
            recipient=order.recipient,
            key=key,
            fingerprint=fingerprint,
            accepted_at=order.accepted_at,
            accepted_at_real=order.accepted_at_real,
            order=order.model_dump(mode="json"),
            status=ACCEPTED,
            **more,
        )


class AcceptedOrder(Model):
    """The acceptance as it was first given; `replayed` when this is a repetition of it."""

    order_id: str
    kind: str
    donor: str
    recipient: str
    related_to: str | None = None
    accepted_at: Instant
    accepted_at_real: Instant
    order: dict[str, Any]
    status: OrderStatus
    events: list[TimelineEvent] = Field(default_factory=list)
    replayed: bool = False


class OrderView(Model):
    """An order as it stands."""

    order_id: str
    kind: str
    msisdn: str | None  # None: it has no line of its own
    donor: str
    recipient: str
    related_to: str | None  # the order that it belongs to
    status: OrderStatus
    order: dict[str, Any]
    accepted_at: Instant
    accepted_at_real: Instant
    updated_at: Instant
    updated_at_real: Instant
    last_seq: int  # of its events
    entry_seq: int  # of the newest entry that set the status


class OrderPage(Model):
    """Orders, newest first; `next` is what `after` takes for the following page, None at the end."""

    items: list[OrderView]
    next: str | None = None


class EventView(Model):
    """One item of an order's timeline. `what` is empty where only the status changed."""

    order_id: str
    seq: int
    at: Instant
    at_real: Instant
    code: TimelineCode = TimelineCode.NOTE  # the default is for what was written before there were codes
    day: date | None = None
    what: str
    by: str
    reason: str
    detail: dict[str, Any]
    state: str
    stage: str


class LineHold(Model):
    """An order on a line: the one that holds it, or one behind."""

    order_id: str
    kind: str
    since: Instant


class LineView(Model):
    """What the journal knows about a line: who holds it, the claims behind it (the next one first), and the
    orders of its number's present life, newest first; `former`: how many it had in earlier ones.
    """

    held_by: LineHold | None
    behind: list[LineHold] = Field(default_factory=list)
    orders: list[OrderView]
    former: int = 0


class QuarantinePage(Model):
    """Numbers in quarantine; `next` is what `after` takes for the following page, None at the end."""

    items: list[Quarantine]
    next: int | None = None


class CodeCheck(Model):
    """What became of a one-time code that was tried.

    `none`: no code is wanted from the order. `locked`: it was, or has just been, wrong too often; `locked_until` says
    how long.
    """

    outcome: Literal["right", "wrong", "expired", "locked", "none"]
    tries_left: int = 0
    locked_until: Instant | None = None


class ProfileOwner(NamedTuple):
    """The order, and which of its eSIM profiles."""

    order_id: str
    attempt: int


class ChainReport(Model):
    """Whether an order's events are as they were written. `broken_at` is the first event that is not."""

    order_id: str
    ok: bool
    events: int
    broken_at: int | None = None
    reason: str = ""


class InboxRow(Model):
    """How far a clearing-house message has come. `order_id` is the order of its dossier, None when the dossier is not
    ours.
    """

    message_id: int
    state: Literal["new", "delivered", "dead"]
    order_id: str | None


class DeadLetter(Model):
    """A message that no order could take, kept for a human."""

    message_id: int
    type: str
    dossier_id: str
    reason: str
    received_at_real: datetime
    body: Any


class OutboxItem(Model):
    """One thing to do outside, claimed for the length of a lease."""

    id: int
    kind: str
    order_id: str
    payload: dict[str, Any]
    attempts: int  # with this one
