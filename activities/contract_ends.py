"""The plan of a termination, and the check of its last invoice: what customer care says, and what the rules say."""

import asyncio
from contextlib import suppress

from pydantic import Field
from temporalio import activity

from activities.care import Reach, reach_of, sim_now, sim_of
from activities.conversion import outages_are_retried
from activities.our_systems import OurSystems
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from activities.sim_plans import line_seen
from domain.clock import LegalClock
from domain.contracts import Account, Contract, Difference, InvoiceLine
from domain.model import Instant, Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sims import SimCard
from domain.termination import SettlementOrder, TerminationOrder
from parties.clock import ClockReader
from parties.errors import PartyError, PartyUnavailable
from rules.plans import TerminationPlan
from rules.regime import Regime

NO_ACTIVE_CONTRACT = refusal(RefusalCode.NUMBER_INACTIVE, "care", raw_text="no active contract with us")

REGISTRY_PATIENCE = 2.0
"""Real seconds for which a plan waits for the registry: nobody's leaving depends on it."""


class PlanTermination(StepRequest):
    order: TerminationOrder


class PlannedTermination(StepResult):
    """The plan and the line it is made for, or why the order cannot be."""

    clock: LegalClock
    plan: TerminationPlan | None = None
    sim: SimCard | None = None  # that carries the number: IMSI as the HLR says, else as care says
    contract: Contract | None = None
    account: Account = Account()
    range_holder: str = ""
    reach: Reach = Reach()
    refusal: Refusal | None = None


class FindSim(Model):
    """`known`: the SIM that carried the number when the end was planned."""

    msisdn: str
    known: SimCard | None = None


class FoundSim(Model):
    sim: SimCard | None = None


class CheckInvoice(Model):
    order: SettlementOrder
    lines: list[InvoiceLine] = Field(default_factory=list)


class CheckedInvoice(Model):
    differences: list[Difference] = Field(default_factory=list)


class OweBack(Model):
    """What the holder gets back, as far as it is due: `returned_at` of the item, `paid_at` of the last invoice.
    `account`: as billing shows it now; None: as it was when the end was planned.
    """

    order: SettlementOrder
    account: Account | None = None
    returned_at: Instant | None = None
    paid_at: Instant | None = None
    now: Instant


class OwedBack(Model):
    """What (deposit, advances, late_increase:deposit, late_increase:advances) → decimal text; `…_due`: the
    legal instants by which the law wants them paid."""

    amounts: dict[str, str] = Field(default_factory=dict)
    deposit_due: Instant | None = None
    advances_due: Instant | None = None


class ContractEndActivities:
    """Rules, evaluated against legal now."""

    def __init__(
        self,
        clock: ClockReader,
        systems: OurSystems,
        regime: Regime,
        recorder: Recorder,
        registry_patience: float = REGISTRY_PATIENCE,
    ) -> None:
        self._clock = clock
        self._systems = systems
        self._rules = regime.leaving
        self._recorder = recorder
        self._registry_patience = registry_patience

    @activity.defn(name="rules_plan_termination")
    @calls_parties(Party.CARE, Party.HLR, Party.CLEARING_HOUSE)
    async def plan_termination(self, request: PlanTermination) -> PlannedTermination:
        """Asks customer care, the HLR, the registry and the journal; then the rules."""
        order = request.order
        with outages_are_retried():
            clock, (line, account), carrier, range_holder, facts = await asyncio.gather(
                self._clock.read(),
                self._systems.line_and_account(order.msisdn),
                self._systems.hlr.carrier(order.msisdn),
                self._range_holder(order.msisdn),
                asyncio.to_thread(self._systems.journal.lines.facts, order.msisdn),
            )
        if line is None or line.has_ended:
            return PlannedTermination(clock=clock, refusal=NO_ACTIVE_CONTRACT)
        reach = reach_of(line)
        plan = self._rules.plan(order, line=line_seen(line), contract=line.contract, account=account, facts=facts)
        if isinstance(plan, Refusal):
            return PlannedTermination(clock=clock, reach=reach, refusal=plan)
        await self._recorder.record(request.entry)
        return PlannedTermination(
            clock=clock,
            plan=plan,
            sim=sim_of(line, carrier or line.imsi),
            contract=line.contract,
            account=account,
            range_holder=range_holder,
            reach=reach,
            recorded=True,
        )

    @activity.defn(name="leaving_find_sim")
    @calls_parties(Party.HLR)
    async def find_sim(self, request: FindSim) -> FoundSim:
        """The SIM that carries the number now: it may have been replaced since the plan. Customer care, asked for the
        ICCID of another one, is not waited for.
        """
        with outages_are_retried():
            carrier = await self._systems.hlr.carrier(request.msisdn)
        line = None
        if carrier is not None and (request.known is None or request.known.imsi != carrier):
            with suppress(PartyUnavailable):
                line = await self._systems.care.line(request.msisdn)
        return FoundSim(sim=sim_now(carrier, line, request.known))

    @activity.defn(name="rules_check_invoice")
    @calls_parties()
    async def check_invoice(self, request: CheckInvoice) -> CheckedInvoice:
        """The last invoice, line by line, against the contract."""
        return CheckedInvoice(differences=self._rules.check_invoice(request.order, request.lines))

    @activity.defn(name="rules_owe_back")
    @calls_parties()
    async def owe_back(self, request: OweBack) -> OwedBack:
        """Deposit and advances, and what more is owed where the payment comes late."""
        order = request.order
        owed = self._rules.refunds(
            order,
            request.account or order.account,
            request.now,
            returned_at=request.returned_at,
            paid_at=request.paid_at,
        )
        return OwedBack(
            amounts={kind: f"{amount:.2f}" for kind, amount in owed.amounts.items()}
            | {f"late_increase:{kind}": f"{amount:.2f}" for kind, amount in owed.late.items()},
            deposit_due=owed.deposit_due,
            advances_due=owed.advances_due,
        )

    async def _range_holder(self, msisdn: str) -> str:
        """The number's range holder, '' when the registry cannot tell now: it is needed when the quarantine ends, which
        asks again.
        """
        try:
            async with asyncio.timeout(self._registry_patience):
                found = await self._systems.clearing_house.number(msisdn)
        except (PartyError, TimeoutError):
            return ""
        return found.range_holder if found else ""
