"""A line of ours as customer care tells of it."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.contracts import Contract
from domain.port_in import Holder, HolderKind
from domain.sims import SimCard
from parties.care import Line, LineContact
from tests.support.journal_kit import MSISDN

OLD = SimCard(iccid="8933010000000000002", imsi="208010000000001")


def a_line(**changed: Any) -> Line:
    """An active consumer's line on the SIM `OLD`."""
    values: dict[str, Any] = {
        "msisdn": MSISDN,
        "state": "active",
        "holder": Holder(kind=HolderKind.CONSUMER, name="Zoé Martin"),
        "iccid": OLD.iccid,
        "imsi": OLD.imsi,
        "rio": "A1P74N7D8O2K",
        "contract": Contract(id="K-7", signed_on=date(2025, 1, 2), monthly_price=Decimal("19.99")),
        "contact": LineContact(email="zoe@example.org", language="en"),
    }
    return Line(**(values | changed))
