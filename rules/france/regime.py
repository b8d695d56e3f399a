"""The French rules as the rest of the engine sees them: each part of the protocol, made of this package's functions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.authorisation import Authorisation
from domain.clock import LegalClock
from domain.contracts import Account, Contract, Difference, InvoiceLine, LeavingCost
from domain.directory import Directory, Operator
from domain.lines import LineFacts
from domain.refusals import Refusal
from domain.sim_replacement import SimReplacementOrder
from domain.termination import SettlementOrder, SettlementPatience, TerminationOrder
from rules.dates import read_date
from rules.france import authentication, calendar, deadlines, fraud, handset, leaving, msisdn, number_fate
from rules.france.calendar import ZONES, Territory, territory_of
from rules.france.compensation import compensation
from rules.france.config import CURRENCY, DEFAULT_RULES, NAME, RulesConfig
from rules.france.dates import check_requested_date
from rules.france.invoice import check_invoice
from rules.france.leaving_config import DEFAULT_LEAVING, LeavingConfig
from rules.france.leaving_fee import leaving_cost
from rules.france.mandate import check_mandate
from rules.france.port_out import PortOut
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.refunds import owe_back
from rules.france.refusals import CODE_NAME, REMEDIES, judged
from rules.france.rio import as_typed, check_rio, parse_rio, sealed
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.france.sim_replacement import plan_sim_replacement
from rules.plans import (
    CodeRules,
    LineSeen,
    PlanChange,
    PortPlan,
    QuarantineTerms,
    Refunds,
    SimReplacementPlan,
    TerminationPlan,
)


class FrenchNumbers:
    """06 and 07, in seven territories."""

    main_territory = Territory.METROPOLE.value
    parse = staticmethod(msisdn.parse_msisdn)
    national = staticmethod(msisdn.national)

    def territory_of(self, msisdn: str) -> str:
        return territory_of(msisdn).value

    def may_move_to(self, msisdn: str, territory: str) -> bool:
        return territory_of(msisdn) == territory


@dataclass(frozen=True)
class FrenchCalendar:
    """Jours ouvrables."""

    config: RulesConfig = DEFAULT_RULES

    def zone_of(self, territory: str) -> str:
        return ZONES[Territory(territory)]

    def is_working_day(self, day: date, territory: str) -> bool:
        return calendar.is_working_day(day, Territory(territory), alsace_moselle=self.config.alsace_moselle)


class FrenchAuthorisation:
    """The RIO."""

    name = CODE_NAME
    remedies = REMEDIES
    asked_with = staticmethod(lambda text: sealed(as_typed(text)) if text else Authorisation())

    def read(self, text: str) -> Authorisation:
        return sealed(parse_rio(text).text)

    def donor_of(self, authorisation: Authorisation, directory: Directory) -> Operator:
        return directory.by_rio_code(parse_rio(authorisation.value).operator_code)

    def check(self, authorisation: Authorisation, msisdn: str) -> None:
        check_rio(parse_rio(authorisation.value), msisdn)


@dataclass(frozen=True)
class FrenchPortIn:
    """The recipient's rules."""

    config: RulesConfig = DEFAULT_RULES
    check_mandate = staticmethod(check_mandate)
    judged = staticmethod(judged)
    compensation = staticmethod(compensation)

    def check_date(self, day: date, now: datetime, territory: str) -> None:
        check_requested_date(now, day, self.config, Territory(territory))

    def plan(self, accepted_at: datetime, msisdn: str, requested_date: date | None = None) -> PortPlan:
        return deadlines.plan_port_in(accepted_at, requested_date, config=self.config, territory=territory_of(msisdn))

    def next_plan(self, plan: PortPlan, now: datetime, change: PlanChange) -> PortPlan:
        if change.answer_delayed_until is not None:
            return deadlines.delay_answer(plan, change.answer_delayed_until, self.config)
        if change.asked_again:
            return deadlines.ask_again(plan, now, self.config)
        if change.customer_ready:
            return deadlines.customer_ready(plan, now, self.config)
        return deadlines.replan(
            plan,
            now,
            requested_date=read_date(change.wanted, now, plan.zone) if change.wanted else None,
            by_customer=change.by_customer,
            donor_first_possible=change.first_possible,
            agreed_at=change.agreed_at,
            slot_lost=change.slot_lost,
            config=self.config,
        )


@dataclass(frozen=True)
class FrenchLeaving:
    """Ends of contracts, after the Code de la consommation."""

    config: LeavingConfig = DEFAULT_LEAVING
    sims: SimRulesConfig = DEFAULT_SIM_RULES

    @property
    def patience(self) -> SettlementPatience:
        return leaving.settlement_patience(self.config)

    def last_day(self, receipt: datetime, requested: date | None, territory: str) -> date:
        return leaving.last_day(receipt, requested, self.config, Territory(territory))

    def effective_at(self, day: date, msisdn: str) -> datetime:
        return leaving.effective_at(day, territory_of(msisdn))

    def ended_on(self, ended_at: datetime, msisdn: str) -> date:
        return number_fate.ended_on(ended_at, territory_of(msisdn))

    def quarantine(self, ended_at: datetime, msisdn: str) -> QuarantineTerms:
        return number_fate.quarantine_terms(ended_at, self.config, territory_of(msisdn))

    def plan(
        self, order: TerminationOrder, *, line: LineSeen, contract: Contract, account: Account, facts: LineFacts
    ) -> TerminationPlan | Refusal:
        return leaving.plan_termination(
            order,
            line=line,
            contract=contract,
            account=account,
            facts=facts,
            config=self.config,
            sim_config=self.sims,
        )

    def cost(self, contract: Contract, last_day: date, account: Account) -> LeavingCost:
        return leaving_cost(contract, last_day, account, self.config)

    def check_invoice(self, order: SettlementOrder, lines: Iterable[InvoiceLine]) -> list[Difference]:
        where = territory_of(order.msisdn)
        return check_invoice(
            lines, contract=order.contract, cost=order.cost, effective_at=order.effective_at, territory=where
        )

    def refunds(
        self,
        order: SettlementOrder,
        account: Account,
        now: datetime,
        *,
        returned_at: datetime | None,
        paid_at: datetime | None,
    ) -> Refunds:
        return owe_back(
            account,
            returned_at=returned_at,
            paid_at=paid_at,
            now=now,
            effective_at=order.effective_at,
            config=self.config,
            territory=territory_of(order.msisdn),
        )


@dataclass(frozen=True)
class FrenchSims:
    """SIM replacements, bars and locks."""

    config: SimRulesConfig = DEFAULT_SIM_RULES
    rules: RulesConfig = DEFAULT_RULES
    why_not = staticmethod(authentication.allowed)

    @property
    def codes(self) -> CodeRules:
        return CodeRules(tries=self.config.code_tries, lock=self.config.code_lock, valid=self.config.code_valid)

    @property
    def unlock_delay(self) -> timedelta:
        return self.config.unlock_delay

    def is_barred_number(self, msisdn: str) -> bool:
        return fraud.is_barred_number(msisdn, self.config)

    def plan(
        self, order: SimReplacementOrder, *, clock: LegalClock, line: LineSeen, facts: LineFacts
    ) -> SimReplacementPlan | Refusal:
        return plan_sim_replacement(order, clock=clock, line=line, facts=facts, config=self.config, rules=self.rules)

    def handset_block_due(self, filed_at: datetime, msisdn: str) -> datetime:
        return handset.block_due(filed_at, territory_of(msisdn), self.config, alsace_moselle=self.rules.alsace_moselle)

    def declaration_awaited_until(self, accepted_at: datetime) -> datetime:
        return handset.declaration_awaited_until(accepted_at, self.config)


@dataclass(frozen=True)
class FrenchRegime:
    """The French rules with an operator's own figures."""

    port_in_figures: RulesConfig = DEFAULT_RULES
    sim_figures: SimRulesConfig = DEFAULT_SIM_RULES
    leaving_figures: LeavingConfig = DEFAULT_LEAVING
    port_out_figures: PortOutConfig = DEFAULT_PORT_OUT

    name: str = field(default=NAME, init=False)
    zone: str = field(default=ZONES[Territory.METROPOLE], init=False)
    currency: str = field(default=CURRENCY, init=False)
    numbers: FrenchNumbers = field(default_factory=FrenchNumbers, init=False)
    authorisation: FrenchAuthorisation = field(default_factory=FrenchAuthorisation, init=False)

    @property
    def calendar(self) -> FrenchCalendar:
        return FrenchCalendar(self.port_in_figures)

    @property
    def port_in(self) -> FrenchPortIn:
        return FrenchPortIn(self.port_in_figures)

    @property
    def port_out(self) -> PortOut:
        return PortOut(self.port_out_figures, self.sim_figures)

    @property
    def leaving(self) -> FrenchLeaving:
        return FrenchLeaving(self.leaving_figures, self.sim_figures)

    @property
    def sims(self) -> FrenchSims:
        return FrenchSims(self.sim_figures, self.port_in_figures)


FRANCE = FrenchRegime()
