"""Stand-ins for the activity classes of a port in: the same names and messages, over one fake world. Planning is the
real thing, so that the rules are the real ones.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from temporalio import activity

from activities.care import ActivateContract, Activated, Cancelled, CancelSubscription, Prepared, PrepareSubscription
from activities.clock import LookAtClock
from activities.compensation import AssessCompensation, Owed
from activities.hlr import Carriage, Provisioned
from activities.logistics import Released, ReleaseSim, ReservedSim, ReserveSim
from activities.notifications import RemindDonor, Reminded
from activities.planning import PlanningActivities
from activities.recorder import Recorder
from domain.clock import LegalClock
from domain.orders import JournalEntry
from parties.clearing_house.client import ClearingHouse
from parties.clock import ClockReader
from rules.france.compensation import late_port_compensation, lateness_days
from rules.france.config import DEFAULT_RULES
from runtime.engine import activities_of
from tests.support.port_clearing_house import FakeClearingHouse, FakeRegistry
from tests.support.port_world import CARD, FakeWorld

MONTHLY_PRICE = Decimal("19.99")


class FakeHome:
    """The home operator's systems, the journal and the clock."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    @activity.defn(name="journal_record")
    async def record(self, entry: JournalEntry) -> None:
        await self._world.act("journal_record", entry, lambda: self._world.recorder.record(entry))

    @activity.defn(name="clock_look")
    async def look(self, request: LookAtClock) -> LegalClock:
        async def do() -> LegalClock:
            clock = await self._world.clock.read()
            if request.due is not None and clock.legal >= request.due:
                await self._world.recorder.record(request.entry)
            return clock

        return await self._world.act("clock_look", request, do)

    @activity.defn(name="logistics_reserve_sim")
    async def reserve_sim(self, request: ReserveSim) -> ReservedSim:
        async def do() -> ReservedSim:
            if self._world.effect("sim_reserved", request.key):
                self._world.card = "reserved"
            return ReservedSim(sim=CARD)

        return await self._world.act("logistics_reserve_sim", request, do)

    @activity.defn(name="logistics_release_sim")
    async def release_sim(self, request: ReleaseSim) -> Released:
        async def do() -> Released:
            if self._world.card == "reserved" and self._world.effect("sim_released", request.key):
                self._world.card = "released"
            return Released()

        return await self._world.act("logistics_release_sim", request, do)

    @activity.defn(name="care_prepare_subscription")
    async def prepare(self, request: PrepareSubscription) -> Prepared:
        async def do() -> Prepared:
            if self._world.effect("subscription_prepared", request.key):
                self._world.subscription = "prepared"
            return Prepared()

        return await self._world.act("care_prepare_subscription", request, do)

    @activity.defn(name="care_cancel_subscription")
    async def cancel(self, request: CancelSubscription) -> Cancelled:
        async def do() -> Cancelled:
            if self._world.subscription == "prepared" and self._world.effect("subscription_cancelled", request.key):
                self._world.subscription = "cancelled"
            return Cancelled()

        return await self._world.act("care_cancel_subscription", request, do)

    @activity.defn(name="care_activate_contract")
    async def activate(self, request: ActivateContract) -> Activated:
        async def do() -> Activated:
            if self._world.effect("contract_activated", request.key):
                self._world.subscription = "active"
            return Activated(contract_id="K-1")

        return await self._world.act("care_activate_contract", request, do)

    @activity.defn(name="hlr_put_in_service")
    async def put_in_service(self, request: Carriage) -> Provisioned:
        async def do() -> Provisioned:
            if request.imsi not in self._world.hlr:
                self._world.hlr[request.imsi] = request.msisdn
                self._world.effects.append(("number_on_sim", f"hlr:{len(self._world.effects)}"))
            return Provisioned()

        return await self._world.act("hlr_put_in_service", request, do)

    @activity.defn(name="hlr_remove")
    async def remove(self, request: Carriage) -> Provisioned:
        async def do() -> Provisioned:
            if self._world.hlr.pop(request.imsi, None):
                self._world.effects.append(("number_off_sim", f"hlr:{len(self._world.effects)}"))
            return Provisioned()

        return await self._world.act("hlr_remove", request, do)

    @activity.defn(name="notifications_remind_donor")
    async def remind_donor(self, request: RemindDonor) -> Reminded:
        async def do() -> Reminded:
            self._world.effect("donor_reminded", request.key)
            return Reminded()

        return await self._world.act("notifications_remind_donor", request, do)

    @activity.defn(name="rules_assess_compensation")
    async def assess(self, request: AssessCompensation) -> Owed:
        async def do() -> Owed:
            days = lateness_days(request.plan, request.plan.slot_start)
            tariff = request.plan.compensation
            amount = late_port_compensation(MONTHLY_PRICE, days, tariff)
            return Owed(days=days, amount=amount, rule=tariff.article)

        return await self._world.act("rules_assess_compensation", request, do)


def fake_activities(world: FakeWorld, home: str) -> list[Callable[..., Any]]:
    """Everything that a port in calls."""
    planning = PlanningActivities(
        cast(ClockReader, world.clock),
        cast(ClearingHouse, FakeRegistry(world)),
        DEFAULT_RULES,
        cast(Recorder, world.recorder),
    )
    return [
        method for one in (FakeHome(world), FakeClearingHouse(world, home), planning) for method in activities_of(one)
    ]
