"""eSIM profiles at the SM-DP+: ordered, released for download, given back."""

from temporalio import activity

from domain.model import Model
from domain.refusals import Refusal


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

    @activity.defn(name="smdp_order_profile")
    async def order_profile(self, request: OrderProfile) -> ProfileOrdered:
        """Order and release the profile, and keep its activation code for the customer."""
        raise NotImplementedError

    @activity.defn(name="smdp_return_profile")
    async def return_profile(self, request: ReturnProfile) -> ProfileReturned:
        """Give the profile back; nothing happens when it was never ordered. Its activation code can no longer be
        read.
        """
        raise NotImplementedError
