"""Nordmark, an invented country: its rules share nothing with the French ones.

A customer needs no code. The week runs from Sunday to Thursday. A donor that says nothing for a day has agreed. Notice
is thirty days and leaving is free. Mobile numbers have eight digits, the first a 4; there is one territory.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from domain.authentication import AuthenticationMethod
from domain.authorisation import Authorisation
from domain.clock import LegalClock
from domain.contracts import Account, Contract, Difference, InvoiceLine, LeavingCost
from domain.directory import Directory, Operator
from domain.identifier_error import IdentifierError
from domain.lines import LineFacts
from domain.port_out import Hold, PortOutOrder, Slot
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.termination import SettlementOrder, SettlementPatience, TerminationOrder
from rules.dates import local_date, local_instant, read_date, refused, show
from rules.plans import (
    CodeRules,
    Compensation,
    Deadline,
    LineAsked,
    LineSeen,
    PlanChange,
    PortOutPlan,
    PortPlan,
    QuarantineTerms,
    Refunds,
    SimReplacementPlan,
    SlotCapacity,
    Tariff,
    TerminationPlan,
    Then,
)
from rules.regime import Regime, Wording

NAME, EDITION, ZONE, CURRENCY, TERRITORY = "nordmark", "nordmark-2026", "America/St_Johns", "NMK", "mainland"
DAY = timedelta(days=1)
FRIDAY, SATURDAY = 4, 5
_NUMBER = re.compile(r"(?:\+999)?(4[0-9]{7})")


def works(day: date) -> bool:
    return day.weekday() not in (FRIDAY, SATURDAY)


def working_day(day: date, after: int = 0) -> date:
    """The day, or the first working day from it on; then so many working days later."""
    while not works(day):
        day += DAY
    for _ in range(after):
        day = working_day(day + DAY)
    return day


def at(day: date, hour: int) -> datetime:
    return local_instant(day, time(hour), ZONE)


class NordicNumbers:
    main_territory = TERRITORY

    def parse(self, text: str) -> str:
        found = _NUMBER.fullmatch(text.replace(" ", ""))
        if found is None:
            raise IdentifierError("msisdn_malformed", "a mobile number of Nordmark has eight digits, the first a 4")
        return f"+999{found[1]}"

    def national(self, msisdn: str) -> str:
        return msisdn.removeprefix("+999")

    def territory_of(self, msisdn: str) -> str:
        return TERRITORY

    def may_move_to(self, msisdn: str, territory: str) -> bool:
        return True


class NordicCalendar:
    def zone_of(self, territory: str) -> str:
        return ZONE

    def is_working_day(self, day: date, territory: str) -> bool:
        return works(day)


class NoAuthorisation:
    """The holder's name is enough."""

    name: Wording = MappingProxyType({})
    remedies: Mapping[RefusalCode, Wording] = MappingProxyType({})

    def read(self, text: str) -> Authorisation:
        return Authorisation()

    def donor_of(self, authorisation: Authorisation, directory: Directory) -> Operator | None:
        return None

    def check(self, authorisation: Authorisation, msisdn: str) -> None:
        pass

    def asked_with(self, text: str) -> Authorisation:
        return Authorisation()


class NordicPortIn:
    def check_date(self, day: date, now: datetime, territory: str) -> None:
        first = working_day(local_date(now, ZONE) + DAY)
        if day < first:
            raise refused("date_too_early", f"the first day is {show(first)}", now, ZONE)
        if not works(day):
            raise refused("date_not_working_day", f"{show(day)} is of the weekend", now, ZONE)

    def check_mandate(self, signed_at: datetime, now: datetime) -> None:
        pass

    def plan(self, accepted_at: datetime, msisdn: str, requested_date: date | None = None) -> PortPlan:
        today = local_date(accepted_at, ZONE)
        day = requested_date or working_day(today + DAY, 1)
        return PortPlan(
            regime=NAME,
            edition=EDITION,
            zone=ZONE,
            currency=CURRENCY,
            territory=TERRITORY,
            accepted_at=accepted_at,
            answer_deadlines=_silence_is_yes(accepted_at),
            earliest_day=working_day(today + DAY),
            latest_day=day,
            customer_chose=requested_date is not None,
            compensation=Tariff(article="none", late_share_per_day=Decimal(0), lost_number_months=Decimal(0)),
            **_slot(day),
        )

    def next_plan(self, plan: PortPlan, now: datetime, change: PlanChange) -> PortPlan:
        if change.answer_delayed_until is not None:
            return plan.model_copy(update={"answer_deadlines": _silence_is_yes(change.answer_delayed_until - DAY)})
        if change.asked_again or change.customer_ready:
            return plan.model_copy(update={"answer_deadlines": _silence_is_yes(now)})
        wanted = plan.chosen_day
        if change.wanted:
            wanted = read_date(change.wanted, now, ZONE)
            self.check_date(wanted, now, TERRITORY)
        elif change.slot_lost or now >= plan.slot_end:
            wanted = working_day(local_date(now, ZONE) + DAY)
        if change.first_possible is not None:
            wanted = working_day(max(wanted, local_date(change.first_possible, ZONE)))
        because = "" if wanted == plan.chosen_day else f"{show(plan.chosen_day)} can no longer be had"
        return plan.model_copy(update=_slot(wanted) | {"moved_because": because})

    def judged(self, refusal: Refusal) -> Refusal:
        return refusal

    def compensation(self, plan: PortPlan, monthly_price: Decimal) -> Compensation:
        return Compensation(days=0, amount=Decimal("0.00"), currency=CURRENCY, rule="none")


def _silence_is_yes(asked_at: datetime) -> tuple[Deadline, ...]:
    return (Deadline(at=asked_at + DAY, whose="donor", what="its answer", then=Then.AGREE),)


def _slot(day: date) -> dict[str, object]:
    begins = at(day, 9).astimezone(UTC)
    return {
        "chosen_day": day,
        "slot_start": begins,
        "slot_end": at(day, 15).astimezone(UTC),
        "cancel_until": begins - timedelta(hours=1),
    }


class NordicPortOut:
    capacity = SlotCapacity(per_day=100, per_slot=100, days_ahead=10)

    def plan(self, order: PortOutOrder, now: datetime) -> PortOutPlan:
        due = order.accepted_at + DAY
        return PortOutPlan(
            regime=NAME,
            edition=EDITION,
            zone=ZONE,
            currency=CURRENCY,
            warn_at=due - timedelta(hours=6),
            answer_due=due,
        )

    def ground_to_refuse(self, order: PortOutOrder, line: LineAsked) -> Refusal | None:
        if not line.is_ours:
            return refusal(RefusalCode.NUMBER_NOT_AT_DONOR, "rules", raw_code="20")
        over = line.ended and (line.portable_until is None or order.accepted_at >= line.portable_until)
        return refusal(RefusalCode.NUMBER_INACTIVE, "rules", raw_code="21") if over else None

    def holds(self, order: PortOutOrder, line: LineAsked, now: datetime) -> list[Hold]:
        return [Hold(kind="locked", why="the holder has locked the line", until=line.unlocks_at)] if line.locked else []

    def delayed_until(self, held: Sequence[Hold], now: datetime, msisdn: str) -> datetime:
        return now + DAY

    def slots(self, now: datetime, msisdn: str) -> list[Slot]:
        first = working_day(local_date(now, ZONE) + DAY)
        days = [working_day(first, after) for after in range(self.capacity.days_ahead)]
        return [Slot(day=day.isoformat(), start=at(day, 9)) for day in days]


class NordicLeaving:
    patience = SettlementPatience()

    def last_day(self, receipt: datetime, requested: date | None, territory: str) -> date:
        first = local_date(receipt, ZONE) + 30 * DAY
        if requested is not None and requested < first:
            raise refused("date_before_notice", f"the first last day is {show(first)}", receipt, ZONE)
        return requested or first

    def effective_at(self, day: date, msisdn: str) -> datetime:
        return at(day + DAY, 0)

    def ended_on(self, ended_at: datetime, msisdn: str) -> date:
        return local_date(ended_at - timedelta(microseconds=1), ZONE)

    def quarantine(self, ended_at: datetime, msisdn: str) -> QuarantineTerms:
        return QuarantineTerms(portable_until=ended_at + 30 * DAY, reassignable_from=ended_at + 60 * DAY)

    def plan(
        self,
        order: TerminationOrder,
        *,
        line: LineSeen,
        contract: Contract,
        account: Account,
        facts: LineFacts,
    ) -> TerminationPlan | Refusal:
        day = self.last_day(order.accepted_at, order.requested_date, TERRITORY)
        ends = self.effective_at(day, order.msisdn)
        terms = self.quarantine(ends, order.msisdn)
        return TerminationPlan(
            regime=NAME,
            edition=EDITION,
            zone=ZONE,
            currency=CURRENCY,
            effective_at=ends,
            cost=self.cost(contract, day, account),
            portable_until=terms.portable_until,
            reassignable_from=terms.reassignable_from,
        )

    def cost(self, contract: Contract, last_day: date, account: Account) -> LeavingCost:
        back = account.deposit + account.advances
        return LeavingCost(last_day=last_day, due_back=back, currency=CURRENCY, edition=EDITION)

    def check_invoice(self, order: SettlementOrder, lines: Iterable[InvoiceLine]) -> list[Difference]:
        fees = [line for line in lines if line.kind == "leaving_fee"]
        return [Difference(kind=fee.kind, over=fee.amount, why="leaving is free", rule="Nordmark") for fee in fees]

    def refunds(
        self,
        order: SettlementOrder,
        account: Account,
        now: datetime,
        *,
        returned_at: datetime | None,
        paid_at: datetime | None,
    ) -> Refunds:
        due = {"deposit": account.deposit} | ({"advances": account.advances} if paid_at else {})
        amounts = {kind: amount for kind, amount in due.items() if amount}
        return Refunds(amounts=amounts, deposit_due=order.effective_at, advances_due=paid_at)


class NordicSims:
    codes = CodeRules(tries=3, lock=DAY, valid=timedelta(minutes=10))
    unlock_delay = timedelta(hours=1)

    def why_not(self, method: AuthenticationMethod, reason: ReplacementReason) -> str | None:
        return None

    def is_barred_number(self, msisdn: str) -> bool:
        return False

    def plan(
        self,
        order: SimReplacementOrder,
        *,
        clock: LegalClock,
        line: LineSeen,
        facts: LineFacts,
    ) -> SimReplacementPlan | Refusal:
        due = at(working_day(local_date(order.accepted_at, ZONE) + DAY), 20)
        return SimReplacementPlan(regime=NAME, edition=EDITION, zone=ZONE, currency=CURRENCY, due=due)

    def handset_block_due(self, filed_at: datetime, msisdn: str) -> datetime:
        return filed_at + DAY

    def declaration_awaited_until(self, accepted_at: datetime) -> datetime:
        return accepted_at + 30 * DAY


@dataclass(frozen=True)
class Nordmark:
    name: str = NAME
    zone: str = ZONE
    currency: str = CURRENCY
    numbers: NordicNumbers = field(default_factory=NordicNumbers)
    calendar: NordicCalendar = field(default_factory=NordicCalendar)
    authorisation: NoAuthorisation = field(default_factory=NoAuthorisation)
    port_in: NordicPortIn = field(default_factory=NordicPortIn)
    port_out: NordicPortOut = field(default_factory=NordicPortOut)
    leaving: NordicLeaving = field(default_factory=NordicLeaving)
    sims: NordicSims = field(default_factory=NordicSims)


NORDMARK: Regime = Nordmark()
"""Assigned as a `Regime`: the type checker says whether it is one."""
