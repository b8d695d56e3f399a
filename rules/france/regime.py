"""The French rules as the rest of the engine sees them: each part of the protocol, made of this package's functions."""

from dataclasses import dataclass, field
from datetime import date, datetime

from domain.authorisation import Authorisation
from domain.directory import Directory, Operator
from rules.dates import read_date
from rules.france import calendar, deadlines, msisdn
from rules.france.calendar import ZONES, territory_of
from rules.france.compensation import compensation
from rules.france.config import CURRENCY, DEFAULT_RULES, NAME, RulesConfig
from rules.france.contract_end import ContractEnds
from rules.france.contract_end_config import DEFAULT_CONTRACT_END, ContractEndConfig
from rules.france.dates import check_requested_date
from rules.france.mandate import check_mandate
from rules.france.numbering import Territory
from rules.france.port_out import PortOut
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.refusals import CODE_NAME, REMEDIES, judged
from rules.france.rio import as_typed, check_rio, parse_rio, sealed
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.france.sims import Sims
from rules.plans import (
    PlanChange,
    PortPlan,
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
class FrenchRegime:
    """The French rules with an operator's own figures."""

    port_in_figures: RulesConfig = DEFAULT_RULES
    sim_figures: SimRulesConfig = DEFAULT_SIM_RULES
    leaving_figures: ContractEndConfig = DEFAULT_CONTRACT_END
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
    def leaving(self) -> ContractEnds:
        return ContractEnds(self.leaving_figures, self.sim_figures)

    @property
    def sims(self) -> Sims:
        return Sims(self.sim_figures, self.port_in_figures)


FRANCE = FrenchRegime()
