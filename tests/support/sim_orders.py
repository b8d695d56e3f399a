"""SIM replacement orders for tests of rules."""

from datetime import UTC, datetime
from typing import Any

from domain.authentication import Authentication, AuthenticationMethod
from domain.clock import LegalClock
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimForm
from tests.support.france import ZONE

MSISDN = "+33639980001"
ACCEPTED = datetime(2026, 6, 15, 8, tzinfo=UTC)  # a Monday, ten in Paris
REAL = datetime(2026, 1, 1, tzinfo=UTC)


def sim_order(
    reason: ReplacementReason = ReplacementReason.UPGRADE,
    form: SimForm = SimForm.PHYSICAL,
    method: AuthenticationMethod = AuthenticationMethod.IN_SHOP,
    **fields: Any,
) -> SimReplacementOrder:
    """An order accepted on a Monday morning."""
    known = {
        "order_id": "sr-1",
        "line_hash": "h",
        "msisdn": MSISDN,
        "zone": ZONE,
        "reason": reason,
        "form": form,
        "authentication": Authentication(method=method, agent="ada"),
        "home": "ALIZE",
        "accepted_at": ACCEPTED,
        "accepted_at_real": REAL,
    }
    return SimReplacementOrder.model_validate(known | fields)


def clock_at(legal: datetime = ACCEPTED, *, real: datetime = REAL, pace: float = 1.0) -> LegalClock:
    return LegalClock(legal=legal, real=real, pace=pace)
