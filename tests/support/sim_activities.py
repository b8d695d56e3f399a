"""Stand-ins for the activity classes of a SIM replacement and a line service: the same names and messages, over one
fake world. Planning is the real thing, so that the rules are the real ones.
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from temporalio import activity

from activities.care import BillFee, ChangeSim, FeeBilled, KnownLine, LookUpLine, SimChanged, reach_of
from activities.equipment import BlockHandset, HandsetBlocked
from activities.hlr import Barring, Move, Number, Provisioned
from activities.identity import CodeSent, SendCode
from activities.journal import AllSent, LookAtLine, SentMessages
from activities.logistics import LookAtShipment, ShipmentSeen, Shipped, ShipSim
from activities.recorder import Recorder
from activities.sim_plans import SimPlanActivities
from domain.lines import LineFacts
from domain.orders import CustomerMessage, JournalEntry, OrderState, OrderStatus
from domain.refusals import RefusalCode, refusal
from domain.sims import ShipmentStage
from journal import Journal
from parties.care import Care, Line
from parties.clock import ClockReader
from parties.equipment import Equipment, Handset
from parties.hlr import Hlr
from runtime.activity_list import activities_of
from tests.support.fake_keeping import FakeHolds, FakeKeeping
from tests.support.fake_sim_parties import FakeSmdp, FakeStock
from tests.support.fake_world import down
from tests.support.sim_world import SimWorld

NO_CARRIER = refusal(RefusalCode.NUMBER_INACTIVE, "hlr", raw_text="no SIM carries the number")
POST_TAKES = timedelta(hours=26)


class FakeReads:
    """What planning asks customer care, the HLR, the equipment register and the journal."""

    def __init__(self, world: SimWorld) -> None:
        self._world = world
        self.lines = SimpleNamespace(facts=lambda msisdn: world.recorder.facts)

    async def line(self, msisdn: str) -> Line | None:
        async def do() -> Line | None:
            return self._world.line

        return await self._world.act("care_line", msisdn, do)

    async def carrier(self, msisdn: str) -> str | None:
        async def do() -> str | None:
            return self._world.carrier

        return await self._world.act("hlr_carrier", msisdn, do)

    async def handset(self, imei: str) -> Handset:
        async def do() -> Handset:
            return self._world.handset

        return await self._world.act("equipment_handset", imei, do)


class FakeLine:
    """The line at the HLR, at customer care and in the equipment register."""

    def __init__(self, world: SimWorld) -> None:
        self._world = world

    @activity.defn(name="hlr_bar")
    async def bar(self, request: Number) -> Barring:
        return await self._switch("hlr_bar", "barred", request)

    @activity.defn(name="hlr_unbar")
    async def unbar(self, request: Number) -> Barring:
        return await self._switch("hlr_unbar", "unbarred", request)

    async def _switch(self, name: str, effect: str, request: Number) -> Barring:
        world = self._world

        async def do() -> Barring:
            imsi = world.carrier
            if imsi is None:
                return Barring(refusal=NO_CARRIER)
            if (imsi in world.barred) != (effect == "barred"):
                world.barred ^= {imsi}
                world.effects.append((effect, f"hlr:{len(world.effects)}"))
            return Barring(imsi=imsi)

        return await world.act(name, request, do)

    @activity.defn(name="hlr_move")
    async def move(self, request: Move) -> Provisioned:
        world = self._world

        async def do() -> Provisioned:
            if world.carrier != request.new_imsi:
                assert world.carrier in (None, request.old_imsi), "a third SIM"
                world.hlr.pop(request.old_imsi, None)
                world.barred.discard(request.old_imsi)
                world.hlr[request.new_imsi] = request.msisdn
                world.effects.append(("moved", f"hlr:{len(world.effects)}"))
            return Provisioned()

        return await world.act("hlr_move", request, do)

    @activity.defn(name="care_look_up_line")
    async def look_up_line(self, request: LookUpLine) -> KnownLine:
        async def do() -> KnownLine:
            line = self._world.line
            return KnownLine(found=True, active=True, reach=reach_of(line)) if line else KnownLine()

        return await self._world.act("care_look_up_line", request, do)

    @activity.defn(name="care_change_sim")
    async def change_sim(self, request: ChangeSim) -> SimChanged:
        async def do() -> SimChanged:
            if self._world.effect("care_told", request.key):
                self._world.know(iccid=request.sim.iccid, imsi=request.sim.imsi, sim_since=request.swapped_at)
            return SimChanged()

        return await self._world.act("care_change_sim", request, do)

    @activity.defn(name="care_bill_fee")
    async def bill_fee(self, request: BillFee) -> FeeBilled:
        async def do() -> FeeBilled:
            if request.order_id not in self._world.fees and self._world.effect("fee_billed", request.key):
                self._world.fees[request.order_id] = request.amount
            return FeeBilled(fee_id="F-1")

        return await self._world.act("care_bill_fee", request, do)

    @activity.defn(name="equipment_block_handset")
    async def block_handset(self, request: BlockHandset) -> HandsetBlocked:
        async def do() -> HandsetBlocked:
            if self._world.effect("handset_blocked", request.key):
                self._world.blocked[request.imei] = request.declaration
            return HandsetBlocked()

        return await self._world.act("equipment_block_handset", request, do)


class FakePost:
    """Cards on their way."""

    def __init__(self, world: SimWorld) -> None:
        self._world = world

    @activity.defn(name="logistics_ship")
    async def ship(self, request: ShipSim) -> Shipped:
        async def do() -> Shipped:
            now = await self._world.clock.now()
            if self._world.effect("card_sent", request.key):
                self._world.sims.shipments[request.reference] = (ShipmentStage.SHIPPED, now)
            return Shipped(tracking="LP123", expected_at=now + POST_TAKES)

        return await self._world.act("logistics_ship", request, do)

    @activity.defn(name="logistics_look_at_shipment")
    async def look_at_shipment(self, request: LookAtShipment) -> ShipmentSeen:
        async def do() -> ShipmentSeen:
            stage, at = self._world.sims.shipments[request.reference]
            return ShipmentSeen(stage=stage, at=at)

        return await self._world.act("logistics_look_at_shipment", request, do)


class FakeOutbox:
    """The journal's part in codes and messages, and its knowledge of the line."""

    def __init__(self, world: SimWorld) -> None:
        self._world = world

    @activity.defn(name="journal_look_at_line")
    async def look_at_line(self, request: LookAtLine) -> LineFacts:
        async def do() -> LineFacts:
            return self._world.recorder.facts

        return await self._world.act("journal_look_at_line", request, do)

    @activity.defn(name="journal_await_sent")
    async def await_sent(self, request: SentMessages) -> AllSent:
        async def do() -> AllSent:
            if all(message.kind != request.kind for message in self._world.recorder.messages):
                raise down("a message that nobody queued")
            self._world.effect("notice_sent", "outbox:notice")
            return AllSent()

        return await self._world.act("journal_await_sent", request, do)

    @activity.defn(name="identity_send_code")
    async def send_code(self, request: SendCode) -> CodeSent:
        async def do() -> CodeSent:
            kind = f"{request.order_kind.value}.code_{request.number}"
            if self._world.effect("code_sent", f"journal:{kind}"):
                message = CustomerMessage(kind=kind, channel=request.channel, to=request.to)
                status = OrderStatus(state=OrderState.PENDING, stage="identifying")
                await self._world.recorder.record(request.entry)
                await self._world.recorder.record(
                    JournalEntry(order_id=request.order_id, key=kind, status=status, messages=[message], is_note=True)
                )
            return CodeSent(recorded=True)

        return await self._world.act("identity_send_code", request, do)


def sim_activities(world: SimWorld) -> list[Callable[..., Any]]:
    """Everything that a SIM replacement or a line service calls."""
    reads = FakeReads(world)
    planning = SimPlanActivities(
        cast(ClockReader, world.clock),
        cast(Care, reads),
        cast(Hlr, reads),
        cast(Equipment, reads),
        cast(Journal, reads),
        world.regime,
        cast(Recorder, world.recorder),
    )
    parties = (
        FakeKeeping(world),
        FakeHolds(world),
        FakeStock(world),
        FakeSmdp(world),
        FakePost(world),
        FakeLine(world),
        FakeOutbox(world),
        planning,
    )
    return [method for party in parties for method in activities_of(party)]
