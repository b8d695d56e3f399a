"""The plan of a SIM replacement: the line as customer care and the HLR know it, and what the rules say."""

import asyncio

from temporalio import activity

from activities.care import Reach, reach_of, sim_of
from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from domain.clock import LegalClock
from domain.model import Instant, Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimCard, SimForm
from journal import Journal
from parties.care import Care, Line
from parties.clock import ClockReader
from parties.equipment import Equipment
from parties.errors import PartyRefused
from parties.hlr import Hlr
from rules.plans import LineSeen, SimReplacementPlan
from rules.regime import Regime

NO_ACTIVE_LINE = refusal(RefusalCode.NUMBER_INACTIVE, "care", raw_text="no active line with us")
LOCKED = refusal(RefusalCode.NUMBER_LOCKED, "rules", raw_text="the holder has locked the line")
NO_ESIM = refusal(
    RefusalCode.CONTRACT_TYPE_WRONG,
    "equipment",
    raw_code="esim_not_supported",
    raw_text="this phone takes no eSIM: a card is possible",
)

HANDSET_BLOCKED = refusal(
    RefusalCode.FRAUD_SUSPECTED,
    "equipment",
    raw_code="handset_blocked",
    raw_text="the phone is in the register of stolen handsets",
)


class PlanSimReplacement(StepRequest):
    order: SimReplacementOrder


class PlannedSimReplacement(StepResult):
    """The plan and the line it is made for, or why the order cannot be; the holder is told of either."""

    clock: LegalClock
    plan: SimReplacementPlan | None = None
    old_sim: SimCard | None = None  # as the HLR says; its ICCID as care says, else empty
    contract_id: str = ""
    reach: Reach = Reach()
    refusal: Refusal | None = None


class PlanHandsetBlock(Model):
    """When a stolen handset has to be blocked. `filed_at`: legal instant of the declaration, None for none yet."""

    msisdn: str
    accepted_at: Instant
    filed_at: Instant | None = None


class PlannedHandsetBlock(Model):
    clock: LegalClock
    due: Instant | None = None  # legal time; None: no declaration yet
    wait_until: Instant | None = None  # legal time: so long a declaration is waited for


class SimPlanActivities:
    """Rules, evaluated against legal now."""

    def __init__(
        self,
        clock: ClockReader,
        care: Care,
        hlr: Hlr,
        equipment: Equipment,
        journal: Journal,
        regime: Regime,
        recorder: Recorder,
    ) -> None:
        self._clock = clock
        self._care = care
        self._hlr = hlr
        self._equipment = equipment
        self._journal = journal
        self._regime = regime
        self._recorder = recorder

    @activity.defn(name="rules_plan_sim_replacement")
    @calls_parties(Party.CARE, Party.HLR, Party.EQUIPMENT)
    async def plan_sim_replacement(self, request: PlanSimReplacement) -> PlannedSimReplacement:
        """Asks customer care, the HLR, the equipment register and the journal; then the rules."""
        order = request.order
        with outages_are_retried():
            clock, line, carrier, facts, no_esim = await asyncio.gather(
                self._clock.read(),
                self._care.line(order.msisdn),
                self._hlr.carrier(order.msisdn),
                asyncio.to_thread(self._journal.lines.facts, order.msisdn),
                self._why_no_esim(order),
            )
        if line is None or line.has_ended:
            return PlannedSimReplacement(clock=clock, refusal=NO_ACTIVE_LINE)
        reach = reach_of(line)
        if facts.locked_since is not None:
            return PlannedSimReplacement(clock=clock, reach=reach, refusal=LOCKED)
        if no_esim is not None:
            return PlannedSimReplacement(clock=clock, reach=reach, refusal=no_esim)
        plan = self._regime.sims.plan(order, clock=clock, line=line_seen(line), facts=facts)
        if isinstance(plan, Refusal):
            return PlannedSimReplacement(clock=clock, reach=reach, refusal=plan)
        await self._recorder.record(request.entry)
        return PlannedSimReplacement(
            clock=clock,
            plan=plan,
            old_sim=None if carrier is None else sim_of(line, carrier),
            contract_id=line.contract.id,
            reach=reach,
            recorded=True,
        )

    @activity.defn(name="rules_plan_handset_block")
    @calls_parties()
    async def plan_handset_block(self, request: PlanHandsetBlock) -> PlannedHandsetBlock:
        """So long after the declaration as the rules give."""
        with outages_are_retried():
            clock = await self._clock.read()
        if request.filed_at is None:
            until = self._regime.sims.declaration_awaited_until(request.accepted_at)
            return PlannedHandsetBlock(clock=clock, wait_until=until)
        due = self._regime.sims.handset_block_due(request.filed_at, request.msisdn)
        return PlannedHandsetBlock(clock=clock, due=due)

    async def _why_no_esim(self, order: SimReplacementOrder) -> Refusal | None:
        """The phone that the eSIM is for may take none, or be somebody else's stolen one; the IMEI of the one that was
        stolen here says nothing of the next.
        """
        if order.form is not SimForm.ESIM or order.imei is None or order.reason is ReplacementReason.STOLEN:
            return None
        try:
            handset = await self._equipment.handset(order.imei)
        except PartyRefused as error:
            return as_refusal(error)
        if handset.blocked:
            return HANDSET_BLOCKED
        return None if handset.esim else NO_ESIM


def line_seen(line: Line) -> LineSeen:
    """What the rules ask of a line, from what customer care says."""
    return LineSeen(
        contract_signed_on=line.contract.signed_on,
        sim_since=line.sim_since,
        contact_changed_at=line.contact.changed_at,
        has_email=line.contact.email is not None,
        suspended=line.state == "suspended",
    )
