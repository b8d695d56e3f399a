"""Logistics and the SM-DP+ as every order with a new SIM speaks to them."""

from temporalio import activity

from activities.logistics import Released, ReleaseSim, ReservedSim, ReserveSim, RetireSim
from activities.smdp import OrderProfile, ProfileOrdered, ProfileReturned, ReturnProfile
from tests.support.fake_world import FakeWorld


class FakeStock:
    """SIMs of either form, taken, given back and retired."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    @activity.defn(name="logistics_reserve_sim")
    async def reserve_sim(self, request: ReserveSim) -> ReservedSim:
        reference = request.reference or request.order_id

        async def do() -> ReservedSim:
            if self._world.effect("sim_reserved", request.key):
                self._world.sims.take(reference, request.iccid)
            return ReservedSim(sim=self._world.sims.reserved[reference])

        return await self._world.act("logistics_reserve_sim", request, do)

    @activity.defn(name="logistics_release_sim")
    async def release_sim(self, request: ReleaseSim) -> Released:
        reference = request.reference or request.order_id

        async def do() -> Released:
            if reference in self._world.sims.reserved and self._world.effect("sim_released", request.key):
                del self._world.sims.reserved[reference]
            return Released()

        return await self._world.act("logistics_release_sim", request, do)

    @activity.defn(name="logistics_retire_sim")
    async def retire_sim(self, request: RetireSim) -> Released:
        async def do() -> Released:
            if self._world.effect("sim_retired", request.key):
                self._world.sims.retired.append(request.iccid)
            return Released()

        return await self._world.act("logistics_retire_sim", request, do)


class FakeSmdp:
    """Profiles ordered and given back."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    @activity.defn(name="smdp_order_profile")
    async def order_profile(self, request: OrderProfile) -> ProfileOrdered:
        async def do() -> ProfileOrdered:
            if self._world.effect("profile_ordered", request.key):
                self._world.sims.profiles[request.iccid] = "ordered"
                self._world.sims.attempts[request.attempt] = request.iccid
            return ProfileOrdered()

        return await self._world.act("smdp_order_profile", request, do)

    @activity.defn(name="smdp_return_profile")
    async def return_profile(self, request: ReturnProfile) -> ProfileReturned:
        async def do() -> ProfileReturned:
            profiles = self._world.sims.profiles
            if profiles.get(request.iccid) == "ordered":
                self._world.effect("profile_returned", request.key)
                profiles[request.iccid] = "spoiled" if request.spoiled else "available"
            return ProfileReturned(in_use=profiles.get(request.iccid) == "on a phone")

        return await self._world.act("smdp_return_profile", request, do)
