"""SIM cards: taken from stock, given back."""

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from domain.model import Model
from domain.refusals import Refusal
from domain.sims import SimCard, SimForm
from parties.errors import PartyRefused
from parties.logistics import Logistics


class ReserveSim(Model):
    order_id: str
    form: SimForm = SimForm.PHYSICAL
    key: str


class ReservedSim(Model):
    """The card, or why there is none."""

    sim: SimCard | None = None
    refusal: Refusal | None = None


class ReleaseSim(Model):
    order_id: str
    key: str


class Released(Model):
    pass


class LogisticsActivities:
    """What the SIM stock is asked for."""

    def __init__(self, logistics: Logistics) -> None:
        self._logistics = logistics

    @activity.defn(name="logistics_reserve_sim")
    async def reserve_sim(self, request: ReserveSim) -> ReservedSim:
        """Take a card for the order; it was handed over in the shop, so nothing is shipped."""
        with outages_are_retried():
            try:
                taken = await self._logistics.reserve(reference=request.order_id, form=request.form, key=request.key)
            except PartyRefused as error:
                return ReservedSim(refusal=as_refusal(error))
        return ReservedSim(sim=taken.card)

    @activity.defn(name="logistics_release_sim")
    async def release_sim(self, request: ReleaseSim) -> Released:
        """Give the order's card back; nothing happens when it never took one, and a late reservation is then
        refused.
        """
        with outages_are_retried():
            await self._logistics.release(reference=request.order_id, key=request.key)
        return Released()
