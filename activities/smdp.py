"""eSIM profiles at the SM-DP+: ordered, released for download, given back."""

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Model
from domain.party import Party
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
    """`spoiled`: it went wrong on a phone, and is not to be ordered by anybody again."""

    order_id: str
    attempt: int = 1
    iccid: str
    eid: str | None = None
    spoiled: bool = False
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
    @calls_parties(Party.SMDP)
    async def order_profile(self, request: OrderProfile) -> ProfileOrdered:
        """Order and release the profile, and keep its activation code for the customer.

        Both calls may be refused because an earlier try of ours, whose reply was lost, has done it all. Then that order
        is taken back and placed anew; it cannot be when a phone has the profile by now, which is all we wanted.
        """
        matching_id = await asyncio.to_thread(
            self._journal.profiles.matching_id, request.order_id, request.attempt, request.iccid
        )
        with outages_are_retried():
            try:
                code = await self._order(request, matching_id, request.key)
            except PartyRefused as error:
                if error.raw != NOT_AVAILABLE:
                    return ProfileOrdered(refusal=as_refusal(error))
                try:
                    if not await self._take_back(request.iccid, request.eid, matching_id, key=f"{request.key}:redo"):
                        return ProfileOrdered()
                    code = await self._order(request, matching_id, f"{request.key}:redo")
                except PartyRefused as again:
                    return ProfileOrdered(refusal=as_refusal(again))
        await asyncio.to_thread(self._journal.profiles.offer_code, request.order_id, request.attempt, code)
        return ProfileOrdered()

    @activity.defn(name="smdp_return_profile")
    @calls_parties(Party.SMDP)
    async def return_profile(self, request: ReturnProfile) -> ProfileReturned:
        """Give the profile back; nothing happens when it was never ordered. Its activation code can no longer be
        read.
        """
        await asyncio.to_thread(self._journal.profiles.withdraw_code, request.order_id, request.attempt)
        with outages_are_retried():
            try:
                returned = await self._take_back(
                    request.iccid, request.eid, None, key=request.key, reusable=not request.spoiled
                )
            except PartyRefused as error:
                raise ApplicationError(str(error), type=UNAVAILABLE) from None
        return ProfileReturned(in_use=not returned)

    async def _order(self, request: OrderProfile, matching_id: str, key: str) -> str:
        """The activation code. A profile that is not available may be ours already: confirming it tells."""
        try:
            await self._smdp.download_order(iccid=request.iccid, eid=request.eid, key=key)
        except PartyRefused as error:
            if error.raw != NOT_AVAILABLE:
                raise
        confirmed = await self._smdp.confirm_order(
            iccid=request.iccid, eid=request.eid, matching_id=matching_id, key=f"{key}:confirm"
        )
        return confirmed.activation_code

    async def _take_back(
        self, iccid: str, eid: str | None, matching_id: str | None, *, key: str, reusable: bool = True
    ) -> bool:
        """False when a phone has the profile. `matching_id` protects the order of somebody else; it is left out where
        ours may not have been confirmed yet.
        """
        try:
            await self._smdp.cancel_order(
                iccid=iccid, eid=eid, matching_id=matching_id, reusable=reusable, key=f"{key}:cancel"
            )
        except PartyRefused as error:
            if error.raw == NOT_AVAILABLE:
                return False
            if error.raw != UNKNOWN_ICCID:
                raise
        return True
