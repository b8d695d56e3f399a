"""Port out: what our systems and the rules say of a request, and when the number can leave."""

import asyncio

from pydantic import Field
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.care import Reach, reach_of, sim_of
from activities.conversion import outages_are_retried
from activities.our_systems import OurSystems
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from activities.requested_line import RequestedLines
from domain.clock import LegalClock
from domain.contracts import Contract, LeavingCost
from domain.model import Instant, Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.port_out import Hold, PortOutOrder
from domain.refusals import Refusal
from domain.sims import SimCard
from parties.clock import ClockReader
from rules.plans import PortOutPlan
from rules.regime import Regime

NO_SLOT = "NoSlot"


class PlanPortOut(StepRequest):
    order: PortOutOrder


class PlannedPortOut(StepResult):
    """Needs no party but the legal clock: our deadline counts whoever is away."""

    clock: LegalClock
    plan: PortOutPlan


class JudgePortOut(Model):
    """`released`: kinds of holds that a person has lifted."""

    order: PortOutOrder
    released: list[str] = Field(default_factory=list)


class JudgedPortOut(Model):
    """A refusal on a legal ground, or why the answer waits until `delayed_until`, or neither: the number must be let
    go. `contract`: that number and authorisation name, None when refused; `ended`: it is over and the number in
    quarantine.
    """

    refusal: Refusal | None = None
    holds: list[Hold] = Field(default_factory=list)
    delayed_until: Instant | None = None  # legal time
    contract: Contract | None = None
    ended: bool = False
    sim: SimCard | None = None  # that carries the number
    cost: LeavingCost | None = None  # of leaving on the first possible day; None: the contract is over
    reach: Reach = Reach()


class FindFirstPossible(Model):
    order_id: str
    msisdn: str


class FirstPossible(Model):
    """The first slot with room for one more, kept for the order (legal time)."""

    at: Instant


class PortOutActivities:
    """The donor's judgement, by legal now."""

    def __init__(
        self,
        clock: ClockReader,
        systems: OurSystems,
        regime: Regime,
        recorder: Recorder,
    ) -> None:
        self._clock = clock
        self._journal = systems.journal
        self._requested = RequestedLines(systems, regime)
        self._rules = regime.port_out
        self._leaving = regime.leaving
        self._recorder = recorder

    @activity.defn(name="rules_plan_port_out")
    @calls_parties()
    async def plan_port_out(self, request: PlanPortOut) -> PlannedPortOut:
        """Our deadlines by the rules."""
        order = request.order
        with outages_are_retried():
            clock = await self._clock.read()
        plan = self._rules.plan(order, clock.legal)
        await self._recorder.record(request.entry, due=plan.answer_due)
        return PlannedPortOut(clock=clock, plan=plan, recorded=True, due=plan.answer_due)

    @activity.defn(name="rules_judge_port_out")
    @calls_parties(Party.CARE, Party.HLR)
    async def judge_port_out(self, request: JudgePortOut) -> JudgedPortOut:
        """Asks customer care, billing, the HLR, the journal and, where only it can tell, the registry; then the
        rules.
        """
        order = request.order
        with outages_are_retried():
            now = (await self._clock.read()).legal
            seen = await self._requested.look(order, now)
        reach = reach_of(seen.line) if seen.line else Reach()
        ground = self._rules.ground_to_refuse(order, seen.asked)
        if ground is not None or seen.line is None:
            return JudgedPortOut(refusal=ground, ended=seen.asked.ended, reach=reach)
        held = self._rules.holds(order, seen.asked, now)
        held = [hold for hold in held if hold.kind not in request.released]
        sim, cost = None, None
        if not seen.asked.ended:
            sim = sim_of(seen.line, seen.carrier or seen.line.imsi)
            first_day = self._leaving.ended_on(self._rules.slots(now, order.msisdn)[0].start, order.msisdn)
            cost = self._leaving.cost(seen.line.contract, first_day, seen.account)
        return JudgedPortOut(
            holds=held,
            delayed_until=self._rules.delayed_until(held, now, order.msisdn) if held else None,
            contract=seen.line.contract,
            ended=seen.asked.ended,
            sim=sim,
            cost=cost,
            reach=reach,
        )

    @activity.defn(name="rules_find_first_possible")
    @calls_parties()
    async def find_first_possible(self, request: FindFirstPossible) -> FirstPossible:
        """By the rules and our own capacity per day and slot; the same again on a repetition. Fails, to be retried,
        while every slot is full.
        """
        with outages_are_retried():
            now = (await self._clock.read()).legal
        capacity = self._rules.capacity
        at = await asyncio.to_thread(
            self._journal.slots.reserve,
            request.order_id,
            self._rules.slots(now, request.msisdn),
            per_day=capacity.per_day,
            per_slot=capacity.per_slot,
        )
        if at is None:
            raise ApplicationError(f"no slot of the next {capacity.days_ahead} working days has room", type=NO_SLOT)
        return FirstPossible(at=at)
