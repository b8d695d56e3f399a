"""SIMs of either form: taken from stock, sent, given back, retired."""

from contextlib import suppress

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Instant, Model
from domain.party import Party
from domain.refusals import Refusal
from domain.sims import ShipmentStage, SimCard, SimForm
from parties.errors import PartyRefused
from parties.logistics import Logistics, restock_at


class ReserveSim(Model):
    """`reference`: the order's name for this SIM, by default its id. `iccid` names a card of the shop's drawer."""

    order_id: str
    form: SimForm = SimForm.PHYSICAL
    key: str
    reference: str = ""
    handed_over: bool = True
    iccid: str | None = None
    msisdn: str | None = None


class ReservedSim(Model):
    """The SIM, or why there is none; an empty stock may say until when (legal time)."""

    sim: SimCard | None = None
    refusal: Refusal | None = None
    restock_at: Instant | None = None

    @property
    def stock_is_empty(self) -> bool:
        return self.refusal is not None and self.refusal.raw_code == STOCK_EMPTY


class ReleaseSim(Model):
    order_id: str
    key: str
    reference: str = ""


class ShipSim(Model):
    order_id: str
    reference: str
    msisdn: str
    key: str


class Shipped(Model):
    """`expected_at`: legal instant of the delivery that logistics promises."""

    tracking: str = ""
    expected_at: Instant | None = None
    refusal: Refusal | None = None


class LookAtShipment(Model):
    reference: str


class ShipmentSeen(Model):
    """How far it is, None when logistics knows of no shipment or has stopped it."""

    stage: ShipmentStage | None = None
    at: Instant | None = None


class RetireSim(Model):
    order_id: str
    iccid: str
    key: str


STOCK_EMPTY = "stock_empty"


class Released(Model):
    pass


class LogisticsActivities:
    """What the SIM stock is asked for."""

    def __init__(self, logistics: Logistics) -> None:
        self._logistics = logistics

    @activity.defn(name="logistics_reserve_sim")
    @calls_parties(Party.LOGISTICS)
    async def reserve_sim(self, request: ReserveSim) -> ReservedSim:
        """Take a SIM for the order: one that is handed over in the shop, that is to be sent, or a profile."""
        with outages_are_retried():
            try:
                taken = await self._logistics.reserve(
                    reference=request.reference or request.order_id,
                    form=request.form,
                    handed_over=request.handed_over,
                    iccid=request.iccid,
                    msisdn=request.msisdn,
                    key=request.key,
                )
            except PartyRefused as error:
                return ReservedSim(refusal=as_refusal(error), restock_at=restock_at(error))
        return ReservedSim(sim=taken.card)

    @activity.defn(name="logistics_release_sim")
    @calls_parties(Party.LOGISTICS)
    async def release_sim(self, request: ReleaseSim) -> Released:
        """Give the order's SIM back; nothing happens when it never took one, and a late reservation is then
        refused.
        """
        with outages_are_retried():
            await self._logistics.release(reference=request.reference or request.order_id, key=request.key)
        return Released()

    @activity.defn(name="logistics_ship")
    @calls_parties(Party.LOGISTICS)
    async def ship(self, request: ShipSim) -> Shipped:
        """Send the reserved card to the holder's address, which logistics has from customer care."""
        with outages_are_retried():
            try:
                sent = await self._logistics.ship(reference=request.reference, msisdn=request.msisdn, key=request.key)
            except PartyRefused as error:
                return Shipped(refusal=as_refusal(error))
        return Shipped(tracking=sent.tracking, expected_at=sent.expected_at)

    @activity.defn(name="logistics_look_at_shipment")
    @calls_parties(Party.LOGISTICS)
    async def look_at_shipment(self, request: LookAtShipment) -> ShipmentSeen:
        """How far the card has come, asked when no callback has come."""
        with outages_are_retried():
            found = await self._logistics.shipment(request.reference)
        if found is None or found.state == "stopped":
            return ShipmentSeen()
        return ShipmentSeen(stage=ShipmentStage(found.state), at=found.at)

    @activity.defn(name="logistics_retire_sim")
    @calls_parties(Party.LOGISTICS)
    async def retire_sim(self, request: RetireSim) -> Released:
        """The old SIM will never be used again; nothing happens for one that logistics does not know."""
        with outages_are_retried(), suppress(PartyRefused):
            await self._logistics.retire(reference=request.order_id, iccid=request.iccid, key=request.key)
        return Released()
