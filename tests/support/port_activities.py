"""Stand-ins for the activity classes of a port in: the same names and messages, over one fake world. Planning is the
real thing, so that the rules are the real ones.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from temporalio import activity

from activities.care import ActivateContract, Activated, Cancelled, CancelSubscription, Prepared, PrepareSubscription
from activities.compensation import AssessCompensation
from activities.hlr import NumberOnSim, Provisioned
from activities.notifications import RemindDonor, Reminded
from activities.port_in_plans import PortInPlanActivities
from activities.recorder import Recorder
from parties.clearing_house.client import ClearingHouse
from parties.clock import ClockReader
from rules.plans import Compensation
from runtime.activity_list import activities_of
from tests.support.fake_keeping import FakeKeeping
from tests.support.fake_sim_parties import FakeSmdp, FakeStock
from tests.support.port_clearing_house import FakeClearingHouse, FakeRegistry
from tests.support.port_world import PortWorld

MONTHLY_PRICE = Decimal("19.99")


class FakeHome:
    """Customer care and HLR of the home operator, as a port in asks them."""

    def __init__(self, world: PortWorld) -> None:
        self._world = world

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
    async def put_in_service(self, request: NumberOnSim) -> Provisioned:
        async def do() -> Provisioned:
            if request.imsi not in self._world.hlr:
                self._world.hlr[request.imsi] = request.msisdn
                self._world.effects.append(("number_on_sim", f"hlr:{len(self._world.effects)}"))
            return Provisioned()

        return await self._world.act("hlr_put_in_service", request, do)

    @activity.defn(name="hlr_remove")
    async def remove(self, request: NumberOnSim) -> Provisioned:
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
    async def assess(self, request: AssessCompensation) -> Compensation:
        async def do() -> Compensation:
            return self._world.regime.port_in.compensation(request.plan, MONTHLY_PRICE)

        return await self._world.act("rules_assess_compensation", request, do)


def fake_activities(world: PortWorld, home: str) -> list[Callable[..., Any]]:
    """Everything that a port in calls."""
    planning = PortInPlanActivities(
        cast(ClockReader, world.clock),
        cast(ClearingHouse, FakeRegistry(world)),
        world.regime,
        cast(Recorder, world.recorder),
    )
    parties = (
        FakeKeeping(world),
        FakeStock(world),
        FakeSmdp(world),
        FakeHome(world),
        FakeClearingHouse(world, home),
        planning,
    )
    return [method for party in parties for method in activities_of(party)]
