"""What the national rules answer: plans, and the facts that they are made from. Data only, the same for every country.

A plan is evaluated once, recorded with the order and followed, while the rules may change. Instants are legal time in
UTC; days are local to the plan's `zone`.
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, computed_field

from domain.contracts import LeavingCost
from domain.model import Instant, Model
from domain.termination import SettlementPatience


class Then(StrEnum):
    """What follows when a deadline passes."""

    REMIND = "remind"  # whoever owes the answer is reminded
    HOLD = "hold"  # a person decides
    CANCEL = "cancel"  # the order is given up
    AGREE = "agree"  # silence means yes


class Deadline(Model):
    """One named deadline: by `at`, `whose` does `what`; else follows `then`."""

    at: Instant
    whose: str  # donor, customer, us
    what: str
    then: Then


class Plan(Model):
    """What every plan says of its origin."""

    regime: str  # the country's rules, by their name
    edition: str  # of these rules
    zone: str  # IANA name; the number's
    currency: str  # ISO 4217, of every amount in the plan


class Challenge(Model):
    """Where the one-time code goes."""

    channel: Literal["sms", "email"]


class Tariff(Model):
    """What a late or lost number costs, as a plan carries it, so that a later change of law leaves old ports alone:
    shares of the monthly price, tax included, of the provider responsible.
    """

    article: str
    late_share_per_day: Decimal = Field(ge=0)  # owed at least, for each day of delay
    lost_number_months: Decimal = Field(ge=0)  # owed at least, once


class PortPlan(Plan):
    """What was decided about a port's time."""

    territory: str
    accepted_at: Instant
    answer_deadlines: tuple[Deadline, ...] = Field(min_length=1)  # in order; the last is no reminder
    earliest_day: date
    latest_day: date  # in time until the end of this day: the legal ceiling, or the day the customer chose
    chosen_day: date
    slot_start: Instant  # a slot binds the start of the cut-over
    slot_end: Instant
    cancel_until: Instant  # the first instant at which it is too late to cancel or to move the date
    customer_chose: bool
    donor_first_possible: Instant | None = None
    agreement_valid_until: Instant | None = None
    compensation: Tariff
    moved_because: str = ""  # why the day is another than the one asked for or planned before

    @computed_field  # type: ignore[prop-decorator]
    @property
    def answer_due(self) -> Instant:
        """The donor's answer is due: the first of its deadlines."""
        return self.answer_deadlines[0].at

    @computed_field  # type: ignore[prop-decorator]
    @property
    def hold_at(self) -> Instant:
        """The last of the donor's deadlines: what follows its silence, follows then."""
        return self.answer_deadlines[-1].at


class PlanChange(Model):
    """Why a plan is made again; exactly one of the reasons is set, `first_possible` and `agreed_at` go with any."""

    wanted: str = ""  # a person's date: ISO or `+5d`
    answer_delayed_until: Instant | None = None
    asked_again: bool = False  # a new dossier, or another term after silence: the donor's deadlines start anew
    slot_lost: bool = False
    customer_ready: bool = False  # what the donor's asking had to wait for is done
    first_possible: Instant | None = None
    agreed_at: Instant | None = None
    by_customer: bool = True


class Compensation(Model):
    """What a late port owes the customer: `amount`, due within 30 days of the customer's request, by whoever is
    responsible for the delay.
    """

    days: int
    amount: Decimal
    currency: str
    rule: str


class PortOutPlan(Plan):
    """Until when we have to answer."""

    warn_at: Instant  # a person is warned
    answer_due: Instant
    delayed_to: Instant | None = None  # announced where our own systems keep us from answering
    agreement_valid_days: int = 90


class LineAsked(Model):
    """What our own systems say of the number that is asked for.

    `portable_until`: of a number in quarantine. `other_dossier`: another port of the number is under way.
    """

    is_ours: bool  # we serve the number and had a contract for it
    code: str = Field(default="", repr=False)  # with which the holder may take the number away
    ended: bool = False
    portable_until: Instant | None = None
    other_dossier: bool = False
    port_back_is_due: bool = False  # the dossier that is to be taken back is the last that moved the number, to us
    locked: bool = False
    unlocks_at: Instant | None = None
    swapped_at: Instant | None = None
    being_replaced: bool = False
    contact_changed_at: Instant | None = None
    on_barred_list: bool = False


class SlotCapacity(Model):
    """How many ports out may begin, and how many working days ahead a slot is looked for."""

    per_day: int
    per_slot: int
    days_ahead: int


class LineSeen(Model):
    """A line as customer care knows it, as far as the rules ask. None: care does not know."""

    contract_signed_on: date | None = None  # local to the number's territory
    sim_since: Instant | None = None  # since when the number is on its present SIM
    contact_changed_at: Instant | None = None
    has_email: bool = False  # an address that we knew before the order
    suspended: bool = False  # out of service: an SMS to the number arrives nowhere


class IdentityPlan(Plan):
    """How who asks shows who he is."""

    challenge: Challenge | None = None  # a one-time code has to come back before anything is done
    code_rounds: int = 3
    code_patience: timedelta = timedelta(days=3)  # legal time: so long each code may take to come back


class SimReplacementPlan(IdentityPlan):
    """What the rules say of one replacement."""

    due: Instant  # the promise
    review: tuple[str, ...] = ()  # why a person looks at it first; empty: nobody has to
    fee: str = "0.00"  # tax included
    fee_why: str = ""  # what it is for, or why it is waived
    notify_line: bool = True  # an SMS to the number itself counts as the old channel
    activate_on_delivery: bool = False  # the number moves when the card is delivered, not when it is first used
    most_attempts: int = 3
    download_patience: timedelta = timedelta(days=7)  # legal time, from the profile's release
    remind_after: timedelta = timedelta(days=3)  # legal time, from the delivery: the card waits to be put in


class CodeRules(Model):
    """How often a one-time code may be wrong, how long that closes the door, and how long a code is good."""

    tries: int
    lock: timedelta
    valid: timedelta


class QuarantineTerms(Model):
    """What becomes of a number whose contract has ended."""

    portable_until: Instant  # the first instant at which it can no longer be ported
    reassignable_from: Instant  # the first instant at which somebody else may have it


class TerminationPlan(IdentityPlan):
    """What the rules say of one termination."""

    effective_at: Instant  # the end of the last day, local to the number's territory
    cost: LeavingCost
    portable_until: Instant
    reassignable_from: Instant
    patience: SettlementPatience = SettlementPatience()


class Refunds(Model):
    """Refund kind (deposit, advances) → amount; `…_due`: instants by which the law wants them. `late`: so much more is
    owed on each, because it comes late.
    """

    amounts: dict[str, Decimal] = Field(default_factory=dict)
    late: dict[str, Decimal] = Field(default_factory=dict)
    deposit_due: Instant | None = None
    advances_due: Instant | None = None
