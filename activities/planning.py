"""The plan of a port: who serves the number, and what the national rules say of its days.

Rules are evaluated here and the answer is recorded in the workflow's history: they may change while an order sleeps.
"""

from datetime import date, datetime

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from domain.clock import LegalClock
from domain.model import Instant, Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.port_in import PortInOrder
from domain.refusals import Refusal, RefusalCode, refusal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import is_last_move
from parties.clock import ClockReader
from rules.france.calendar import territory_of
from rules.france.config import RulesConfig
from rules.france.dates import DateRefused, read_date
from rules.france.deadlines import PortPlan, ask_again, customer_ready, delay_answer, plan_port_in, replan


class PlanPortIn(StepRequest):
    order: PortInOrder


class PlannedPortIn(StepResult):
    """The plan, or why the order cannot be: `range_holder` tells whether the number comes home."""

    clock: LegalClock
    plan: PortPlan | None = None
    range_holder: str = ""
    refusal: Refusal | None = None


class MoveDay(Model):
    """Why the plan is made again; exactly one of the reasons is set, `first_possible` and `agreed_at` go with any."""

    plan: PortPlan
    wanted: str = ""  # a person's date: ISO or `+5d`
    answer_delayed_until: Instant | None = None
    asked_again: bool = False  # a new dossier, or another term after silence: the donor's deadlines start anew
    slot_lost: bool = False
    customer_ready: bool = False  # what the donor's asking had to wait for is done
    first_possible: Instant | None = None
    agreed_at: Instant | None = None
    by_customer: bool = True


class MovedDay(Model):
    """The new plan, or the sentence that says why not."""

    clock: LegalClock
    plan: PortPlan | None = None
    refused: str = ""


class PlanningActivities:
    """Rules, evaluated against legal now."""

    def __init__(
        self,
        clock: ClockReader,
        clearing_house: ClearingHouse,
        config: RulesConfig,
        recorder: Recorder,
    ) -> None:
        self._clock = clock
        self._clearing_house = clearing_house
        self._config = config
        self._recorder = recorder

    @activity.defn(name="rules_plan_port_in")
    @calls_parties(Party.CLEARING_HOUSE)
    async def plan_port_in(self, request: PlanPortIn) -> PlannedPortIn:
        """Days and deadlines from the instant of acceptance, after asking the registry who serves the number."""
        order = request.order
        with outages_are_retried():
            clock = await self._clock.read()
            found = await self._clearing_house.number(order.msisdn)
            back_of = await self._clearing_house.dossier(order.back_of_dossier) if order.back_of_dossier else None
        if found is None:
            return PlannedPortIn(
                clock=clock, refusal=_no(RefusalCode.NUMBER_NOT_PORTABLE, "the number is in no known range")
            )
        if found.operator == order.home:
            return PlannedPortIn(
                clock=clock, refusal=_no(RefusalCode.SAME_OPERATOR, f"{order.home} serves the number already")
            )
        if order.back_of_dossier and not is_last_move(back_of, found, donor=order.home, recipient=order.donor):
            text = "ported again: the port that is to be taken back is not the last that moved the number"
            return PlannedPortIn(clock=clock, refusal=_no(RefusalCode.NUMBER_NOT_PORTABLE, text))
        if found.operator != order.donor:
            text = f"the RIO is one of {order.donor}, but {found.operator} serves the number"
            return PlannedPortIn(clock=clock, refusal=_no(RefusalCode.NUMBER_NOT_AT_DONOR, text))
        plan = plan_port_in(
            order.accepted_at, order.requested_date, config=self._config, territory=territory_of(order.msisdn)
        )
        await self._recorder.record(request.entry)
        return PlannedPortIn(clock=clock, plan=plan, range_holder=found.range_holder, recorded=True)

    @activity.defn(name="rules_move_day")
    @calls_parties()
    async def move_day(self, request: MoveDay) -> MovedDay:
        """The plan again, because a person, the donor or a lost slot moves it."""
        with outages_are_retried():
            clock = await self._clock.read()
        plan, now = request.plan, clock.legal
        try:
            if request.answer_delayed_until is not None:
                plan = delay_answer(plan, request.answer_delayed_until, self._config)
            elif request.asked_again:
                plan = ask_again(plan, now, self._config)
            elif request.customer_ready:
                plan = customer_ready(plan, now, self._config)
            else:
                plan = replan(
                    plan,
                    now,
                    requested_date=_read_wanted(request, now),
                    by_customer=request.by_customer,
                    donor_first_possible=request.first_possible,
                    agreed_at=request.agreed_at,
                    slot_lost=request.slot_lost,
                    config=self._config,
                )
        except DateRefused as error:
            return MovedDay(clock=clock, refused=str(error))
        return MovedDay(clock=clock, plan=plan)


def _read_wanted(request: MoveDay, now: datetime) -> date | None:
    return read_date(request.wanted, now, request.plan.territory) if request.wanted else None


def _no(code: RefusalCode, text: str) -> Refusal:
    return refusal(code, "registry", raw_text=text)
