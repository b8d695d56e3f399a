"""What a country's rules are to the rest of the engine: one `Regime`, made of seven parts.

All of it is data and pure functions: the caller passes legal time. Numbers are E.164. A country keeps its own types to
itself: outside, a territory is a text, a zone an IANA name, and an authorisation is sealed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from domain.authentication import AuthenticationMethod
from domain.authorisation import Authorisation
from domain.clock import LegalClock
from domain.contracts import Account, Contract, Difference, InvoiceLine, LeavingCost
from domain.directory import Directory, Operator
from domain.lines import LineFacts
from domain.port_out import Hold, PortOutOrder, Slot
from domain.refusals import Refusal, RefusalCode
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.termination import SettlementOrder, SettlementPatience, TerminationOrder
from rules.plans import (
    CodeRules,
    Compensation,
    LineAsked,
    LineSeen,
    PlanChange,
    PortOutPlan,
    PortPlan,
    QuarantineTerms,
    Refunds,
    SimReplacementPlan,
    SlotCapacity,
    TerminationPlan,
)

Wording = Mapping[str, str]
"""Words by language: `fr`, `en`."""


class Numbers(Protocol):
    """The numbering plan."""

    def parse(self, text: str) -> str:
        """The mobile number that a person or a message means. Raises `IdentifierError`."""

    def national(self, msisdn: str) -> str:
        """Its national digits, as the clearing house writes it."""

    def territory_of(self, msisdn: str) -> str:
        """Where it belongs."""

    @property
    def main_territory(self) -> str:
        """That of an operator of which nothing else is said."""

    def may_move_to(self, msisdn: str, territory: str) -> bool:
        """Whether it may be ported to an operator that serves `territory`."""


class Calendar(Protocol):
    """Days and clocks of a territory."""

    def zone_of(self, territory: str) -> str: ...

    def is_working_day(self, day: date, territory: str) -> bool:
        """Whether numbers are ported on it."""


class AuthorisationRules(Protocol):
    """How a customer shows a donor that the number is his."""

    @property
    def name(self) -> Wording:
        """What people call it, without an article; empty: there is none."""

    @property
    def remedies(self) -> Mapping[RefusalCode, Wording]:
        """What a customer can do whose port was refused for this, as a sentence."""

    def read(self, text: str) -> Authorisation:
        """What the customer has typed. Raises `AuthorisationRefused`."""

    def donor_of(self, authorisation: Authorisation, directory: Directory) -> Operator | None:
        """The operator that it names; None: it names none. Raises `UnknownOperator`."""

    def check(self, authorisation: Authorisation, msisdn: str) -> None:
        """Whether it can be this number's. Raises `AuthorisationRefused`."""

    def asked_with(self, text: str) -> Authorisation:
        """What another operator's request carries, right or wrong."""


class PortInRules(Protocol):
    """Home is recipient."""

    def check_date(self, day: date, now: datetime, territory: str) -> None:
        """Whether the customer may choose this day. Raises `DateRefused`."""

    def check_mandate(self, signed_at: datetime, now: datetime) -> None:
        """Whether the customer's mandate carries a port. Raises `CodedError`."""

    def plan(self, accepted_at: datetime, msisdn: str, requested_date: date | None = None) -> PortPlan:
        """The first plan; its `answer_deadlines` say what silence leads to. Raises `DateRefused`."""

    def next_plan(self, plan: PortPlan, now: datetime, change: PlanChange) -> PortPlan:
        """The plan after something has happened. Raises `DateRefused`."""

    def judged(self, refusal: Refusal) -> Refusal:
        """A donor's refusal, with the rules' judgement of it in `breach`."""

    def compensation(self, plan: PortPlan, monthly_price: Decimal) -> Compensation:
        """What is owed where the plan's slot is later than its latest day."""


class PortOutRules(Protocol):
    """Home is donor."""

    @property
    def capacity(self) -> SlotCapacity: ...

    def plan(self, order: PortOutOrder, now: datetime) -> PortOutPlan: ...

    def ground_to_refuse(self, order: PortOutOrder, line: LineAsked) -> Refusal | None:
        """The legal ground on which the request is refused; None: the number must be let go."""

    def holds(self, order: PortOutOrder, line: LineAsked, now: datetime) -> list[Hold]:
        """Why the answer waits; none: it does not."""

    def delayed_until(self, held: Sequence[Hold], now: datetime, msisdn: str) -> datetime:
        """What is announced for the answer: always after `now`."""

    def slots(self, now: datetime, msisdn: str) -> list[Slot]:
        """The slots in which a number may leave, the first possible one first; at least one."""


class LeavingRules(Protocol):
    """Ends of contracts."""

    @property
    def patience(self) -> SettlementPatience: ...

    def last_day(self, receipt: datetime, requested: date | None, territory: str) -> date:
        """The last local day on which the line works. Raises `DateRefused`."""

    def effective_at(self, day: date, msisdn: str) -> datetime:
        """The instant at which that day is over."""

    def ended_on(self, ended_at: datetime, msisdn: str) -> date:
        """The local day with which a contract ended."""

    def quarantine(self, ended_at: datetime, msisdn: str) -> QuarantineTerms:
        """What becomes of the number."""

    def plan(
        self, order: TerminationOrder, *, line: LineSeen, contract: Contract, account: Account, facts: LineFacts
    ) -> TerminationPlan | Refusal:
        """The plan, or why the order cannot be."""

    def cost(self, contract: Contract, last_day: date, account: Account) -> LeavingCost:
        """What leaving on that day costs, each figure with its rule."""

    def check_invoice(self, order: SettlementOrder, lines: Iterable[InvoiceLine]) -> list[Difference]:
        """What the last invoice charges without a right to it."""

    def refunds(
        self,
        order: SettlementOrder,
        account: Account,
        now: datetime,
        *,
        returned_at: datetime | None,
        paid_at: datetime | None,
    ) -> Refunds:
        """What is due back by `now`, as if nothing had been given back yet. `returned_at`: of the item that the deposit
        is for; `paid_at`: of the last invoice.
        """


class SimRules(Protocol):
    """SIM replacements, bars and locks."""

    @property
    def codes(self) -> CodeRules: ...

    @property
    def unlock_delay(self) -> timedelta: ...

    def why_not(self, method: AuthenticationMethod, reason: ReplacementReason) -> str | None:
        """Why this method is not enough for this reason; None: it is."""

    def is_barred_number(self, msisdn: str) -> bool: ...

    def plan(
        self, order: SimReplacementOrder, *, clock: LegalClock, line: LineSeen, facts: LineFacts
    ) -> SimReplacementPlan | Refusal:
        """The plan, or why the order cannot be."""

    def handset_block_due(self, filed_at: datetime, msisdn: str) -> datetime:
        """By when a stolen handset is blocked, from the declaration on."""

    def declaration_awaited_until(self, accepted_at: datetime) -> datetime: ...


class Regime(Protocol):
    """One country's rules, with the operator's own figures in them."""

    @property
    def name(self) -> str: ...
    @property
    def zone(self) -> str:
        """Of the country's capital: what people see where no number says another, and the clearing house's clock."""

    @property
    def currency(self) -> str: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def calendar(self) -> Calendar: ...
    @property
    def authorisation(self) -> AuthorisationRules: ...
    @property
    def port_in(self) -> PortInRules: ...
    @property
    def port_out(self) -> PortOutRules: ...
    @property
    def leaving(self) -> LeavingRules: ...
    @property
    def sims(self) -> SimRules: ...


def zone_of(regime: Regime, msisdn: str) -> str:
    """The zone of a number's territory."""
    return regime.calendar.zone_of(regime.numbers.territory_of(msisdn))
