"""The plan of a port: who serves the number, and what the national rules say of its days.

Rules are evaluated here and the answer is recorded in the workflow's history: they may change while an order sleeps.
"""

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from domain.clock import LegalClock
from domain.model import Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.port_in import PortInOrder
from domain.refusals import Refusal, RefusalCode, refusal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import is_last_move
from parties.clock import ClockReader
from rules.dates import DateRefused
from rules.plans import PlanChange, PortPlan
from rules.regime import Regime


class PlanPortIn(StepRequest):
    order: PortInOrder


class PlannedPortIn(StepResult):
    """The plan, or why the order cannot be: `range_holder` tells whether the number comes home."""

    clock: LegalClock
    plan: PortPlan | None = None
    range_holder: str = ""
    refusal: Refusal | None = None


class MoveDay(PlanChange):
    """Why the plan is made again."""

    plan: PortPlan


class MovedDay(Model):
    """The new plan, or the sentence that says why not."""

    clock: LegalClock
    plan: PortPlan | None = None
    refused: str = ""


class PortInPlanActivities:
    """Rules, evaluated against legal now."""

    def __init__(
        self,
        clock: ClockReader,
        clearing_house: ClearingHouse,
        regime: Regime,
        recorder: Recorder,
    ) -> None:
        self._clock = clock
        self._clearing_house = clearing_house
        self._regime = regime
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
            text = f"the order asks {order.donor} for it, but {found.operator} serves the number"
            return PlannedPortIn(clock=clock, refusal=_no(RefusalCode.NUMBER_NOT_AT_DONOR, text))
        plan = self._regime.port_in.plan(order.accepted_at, order.msisdn, order.requested_date)
        await self._recorder.record(request.entry)
        return PlannedPortIn(clock=clock, plan=plan, range_holder=found.range_holder, recorded=True)

    @activity.defn(name="rules_move_day")
    @calls_parties()
    async def move_day(self, request: MoveDay) -> MovedDay:
        """The plan again, because a person, the donor or a lost slot moves it."""
        with outages_are_retried():
            clock = await self._clock.read()
        try:
            plan = self._regime.port_in.next_plan(request.plan, clock.legal, request)
        except DateRefused as error:
            return MovedDay(clock=clock, refused=str(error))
        return MovedDay(clock=clock, plan=plan)


def _no(code: RefusalCode, text: str) -> Refusal:
    return refusal(code, "registry", raw_text=text)
