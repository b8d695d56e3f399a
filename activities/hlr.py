"""The home HLR: which SIM carries the number."""

from collections.abc import Awaitable

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Model
from domain.party import Party
from domain.refusals import Refusal
from parties.errors import PartyRefused
from parties.hlr import Hlr


class NumberOnSim(Model):
    """The number and the SIM that is to carry it, or to carry it no longer."""

    imsi: str
    msisdn: str


class Provisioned(Model):
    refusal: Refusal | None = None


class Number(Model):
    msisdn: str


class Barring(Model):
    """`imsi`: the SIM that carries the number. A number that no SIM carries is refused as `number_inactive`."""

    imsi: str = ""
    refusal: Refusal | None = None


class Move(Model):
    """The number from the old SIM to the new one. An empty `old_imsi`: no SIM carried it."""

    msisdn: str
    old_imsi: str
    new_imsi: str


class HlrActivities:
    """What the HLR is told. It has no request ids: each call reads, writes what differs, and reads again, so
    repeating is safe.
    """

    def __init__(self, hlr: Hlr) -> None:
        self._hlr = hlr

    @activity.defn(name="hlr_put_in_service")
    @calls_parties(Party.HLR)
    async def put_in_service(self, request: NumberOnSim) -> Provisioned:
        """The number on the new SIM, services on."""
        with outages_are_retried():
            try:
                await self._hlr.put_in_service(request.imsi, request.msisdn)
            except PartyRefused as error:
                return Provisioned(refusal=as_refusal(error))
        return Provisioned()

    @activity.defn(name="hlr_remove")
    @calls_parties(Party.HLR)
    async def remove(self, request: NumberOnSim) -> Provisioned:
        """The new SIM out of the HLR again, as if it had never been there; nothing happens when it was not."""
        with outages_are_retried():
            await self._hlr.forget(request.imsi, request.msisdn)
        return Provisioned()

    @activity.defn(name="hlr_bar")
    @calls_parties(Party.HLR)
    async def bar(self, request: Number) -> Barring:
        """Out of service, whatever SIM carries the number now."""
        return await _barring(self._hlr.bar(request.msisdn))

    @activity.defn(name="hlr_unbar")
    @calls_parties(Party.HLR)
    async def unbar(self, request: Number) -> Barring:
        """In service again, whatever SIM carries the number now."""
        return await _barring(self._hlr.unbar(request.msisdn))

    @activity.defn(name="hlr_move")
    @calls_parties(Party.HLR)
    async def move(self, request: Move) -> Provisioned:
        """The number off the old SIM and on the new one, services on; then the old SIM out of the HLR.

        A refusal means that nothing was changed.
        """
        with outages_are_retried():
            try:
                await self._hlr.move(request.msisdn, request.old_imsi, request.new_imsi)
            except PartyRefused as error:
                return Provisioned(refusal=as_refusal(error))
        return Provisioned()


async def _barring(done: Awaitable[str]) -> Barring:
    with outages_are_retried():
        try:
            return Barring(imsi=await done)
        except PartyRefused as error:
            return Barring(refusal=as_refusal(error))
