"""SIM replacement: the request as accepted, and the messages of its workflow."""

from enum import StrEnum

from domain.authentication import Authentication
from domain.our_line import OurLineOrder
from domain.sims import SimForm


class ReplacementReason(StrEnum):
    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    UPGRADE = "upgrade"
    FRAUD = "fraud"

    @property
    def bars_the_old_sim(self) -> bool:
        """Whether the old SIM is in wrong hands: out of service at once, and for good."""
        return self in _WRONG_HANDS


_WRONG_HANDS = frozenset({ReplacementReason.LOST, ReplacementReason.STOLEN, ReplacementReason.FRAUD})


class SimReplacementOrder(OurLineOrder):
    """Input of the SIM replacement workflow: everything that was accepted."""

    reason: ReplacementReason
    form: SimForm
    imei: str | None = None  # stolen: the handset that is gone; else the one that the new SIM goes into
    eid: str | None = None  # the phone that the eSIM is for
    iccid: str | None = None  # the card that the shop hands over; none: one is sent by post
    authentication: Authentication
    handset_order_id: str | None = None  # the line-service order that blocks the stolen handset
