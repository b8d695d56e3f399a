"""Termination: the request as accepted, the messages of its workflow, and what follows it."""

from datetime import date, timedelta
from decimal import Decimal

from pydantic import ConfigDict, Field

from domain.authentication import Authentication
from domain.contracts import Account, Contract, LeavingCost
from domain.model import Instant, Model
from domain.our_line import OurLineOrder


class TerminationOrder(OurLineOrder):
    """Input of the termination workflow: everything that was accepted."""

    requested_date: date | None = None  # the last day, local to the number's territory
    authentication: Authentication


class SettlementPatience(Model):
    """How long, in legal time, each wait of a settlement may last before a person is told."""

    invoice: timedelta = timedelta(days=15)
    dispute: timedelta = timedelta(days=10)
    payment: timedelta = timedelta(days=30)
    item: timedelta = timedelta(days=180)


class SettlementProgress(Model):
    """What a settlement takes along when its history begins anew. It changes while the settlement runs."""

    model_config = ConfigDict(frozen=False, validate_assignment=True)

    seq: int = 0  # of its last journal entry
    state: str = ""
    stage: str = ""
    checked: bool = False
    disputes: int = 0
    dispute_id: str = ""
    disputed: str = ""  # so much
    accepted_as_it_is: bool = False
    told_late: bool = False
    told_credited: bool = False
    waits_for: str = ""  # invoice, dispute, payment, item
    waits_since: Instant | None = None  # legal time
    refunds: dict[str, str] = Field(default_factory=dict)  # what → amount, those that were paid


class SettlementOrder(OurLineOrder):
    """Input of the settlement workflow: the money of a contract that has ended. Made by the termination's (or port
    out's) closing transaction; it holds no line.
    """

    ended_by: str  # the order that ended the contract
    contract: Contract
    account: Account = Account()
    cost: LeavingCost
    effective_at: Instant  # legal time: from here on nothing may be charged
    email: str | None = None  # how the holder was reached: the number may be somebody else's by now
    phone: str | None = None
    language: str = "fr"
    invoice_id: str = ""
    invoice_expected_at: Instant | None = None  # legal time
    patience: SettlementPatience = SettlementPatience()
    progress: SettlementProgress = SettlementProgress()


class Quarantine(Model):
    """A number after its contract has ended. Instants are legal time; rights never stretch, so each is exact.

    Up to `portable_until` it may be ported and its porting code stays valid; from `reassignable_from` on, and not while
    a dossier is open on it, it goes back to the home pool or to its range holder.
    """

    msisdn: str
    since: Instant
    portable_until: Instant
    reassignable_from: Instant
    contract_id: str
    range_holder: str
    ended_by: str  # the order
    state: str = "quarantine"  # quarantine, returning, released, returned, ported


class FollowUp(Model):
    """An order that a transition of another one accepts in the same transaction: `order` is its workflow's input."""

    kind: str
    order_id: str
    order: dict[str, object] = Field(default_factory=dict)


class InvoiceSeen(Model):
    """The last invoice as billing shows it; `state`: pending, issued, paid."""

    state: str = "pending"
    total: Decimal = Decimal("0.00")
    issued_at: Instant | None = None
    paid_at: Instant | None = None
