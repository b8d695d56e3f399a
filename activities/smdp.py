"""eSIM profiles at the SM-DP+: ordered, released for download, given back."""

import asyncio
from collections.abc import Awaitable

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from domain.model import Model
from domain.refusals import Refusal
from journal import Journal
from parties.errors import PartyRefused
from parties.smdp import NOT_AVAILABLE, UNKNOWN_ICCID, Smdp


class OrderProfile(Model):
    """The `attempt`-th profile of the order; `eid` where the phone is known."""

    order_id: str
    attempt: int = 1
    iccid: str
    eid: str | None = None
    key: str


class ProfileOrdered(Model):
    """The activation code is not here: it stays in the journal, from which the customer reads it once."""

    refusal: Refusal | None = None


class ReturnProfile(Model):
    order_id: str
    attempt: int = 1
    iccid: str
    eid: str | None = None
    key: str


class ProfileReturned(Model):
    """`in_use`: it cannot be given back, a phone has it already."""

    in_use: bool = False


class SmdpActivities:
    """What the SM-DP+ is asked for. It has no request ids: what a lost reply has left behind is found out by the next
    call.
    """

    def __init__(self, smdp: Smdp, journal: Journal) -> None:
        self._smdp = smdp
        self._journal = journal

    @activity.defn(name="smdp_order_profile")
    async def order_profile(self, request: OrderProfile) -> ProfileOrdered:
        """Order and release the profile, and keep its activation code for the customer."""
        matching_id = await self._matching_id(request)
        with outages_are_retried():
            try:
                await self._set_aside(request)
                confirmed = await self._smdp.confirm_order(
                    iccid=request.iccid, eid=request.eid, matching_id=matching_id, key=f"{request.key}:confirm"
                )
            except PartyRefused as error:
                return ProfileOrdered(refusal=as_refusal(error))
        await asyncio.to_thread(
            self._journal.offer_activation_code, request.order_id, request.attempt, confirmed.activation_code
        )
        return ProfileOrdered()

    @activity.defn(name="smdp_return_profile")
    async def return_profile(self, request: ReturnProfile) -> ProfileReturned:
        """Give the profile back; nothing happens when it was never ordered. Its activation code can no longer be
        read.
        """
        matching_id = await self._matching_id(request)  # made now if need be: a late order then finds it withdrawn
        await asyncio.to_thread(self._journal.withdraw_activation_code, request.order_id, request.attempt)
        # One that went wrong on a phone cannot be ordered anew, only be taken out of use.
        for reusable in (True, False):
            with outages_are_retried():
                try:
                    await self._smdp.cancel_order(
                        iccid=request.iccid,
                        eid=request.eid,
                        matching_id=matching_id,
                        reusable=reusable,
                        key=request.key,
                    )
                except PartyRefused as error:
                    if error.raw == UNKNOWN_ICCID:
                        return ProfileReturned()
                else:
                    return ProfileReturned()
        return ProfileReturned(in_use=True)

    async def _set_aside(self, request: OrderProfile) -> None:
        """Refused as not available, it may be ours already, by an order whose reply was lost: confirming it under our
        matching id tells.
        """
        try:
            await self._smdp.download_order(iccid=request.iccid, eid=request.eid, key=request.key)
        except PartyRefused as error:
            if error.raw != NOT_AVAILABLE:
                raise

    def _matching_id(self, request: OrderProfile | ReturnProfile) -> Awaitable[str]:
        return asyncio.to_thread(self._journal.matching_id, request.order_id, request.attempt, request.iccid)
