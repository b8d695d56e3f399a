"""The home HLR: which SIM carries the number."""

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from domain.model import Model
from domain.refusals import Refusal
from parties.errors import PartyRefused
from parties.hlr import Hlr


class Carriage(Model):
    """The number and the SIM that is to carry it, or to carry it no longer."""

    imsi: str
    msisdn: str


class Provisioned(Model):
    refusal: Refusal | None = None


class HlrActivities:
    """What the HLR is told. It has no request ids: each call reads, writes what differs, and reads again, so
    repeating is safe.
    """

    def __init__(self, hlr: Hlr) -> None:
        self._hlr = hlr

    @activity.defn(name="hlr_put_in_service")
    async def put_in_service(self, request: Carriage) -> Provisioned:
        """The number on the new SIM, services on."""
        with outages_are_retried():
            try:
                await self._hlr.put_in_service(request.imsi, request.msisdn)
            except PartyRefused as error:
                return Provisioned(refusal=as_refusal(error))
        return Provisioned()

    @activity.defn(name="hlr_remove")
    async def remove(self, request: Carriage) -> Provisioned:
        """The new SIM out of the HLR again, as if it had never been there; nothing happens when it was not."""
        with outages_are_retried():
            await self._hlr.forget(request.imsi, request.msisdn)
        return Provisioned()
