"""The French rules, as tests need them."""

from typing import Any
from zoneinfo import ZoneInfo

from domain.authorisation import Authorisation
from parties.clearing_house.local_time import WireForm
from rules.france.regime import FRANCE

FORM = WireForm(FRANCE.numbers.national, ZoneInfo(FRANCE.zone))
ZONE = FRANCE.zone


def with_rio(values: dict[str, Any]) -> dict[str, Any]:
    """An order's fields, its RIO sealed."""
    rest = dict(values)
    rio = rest.pop("rio", "")
    return {"zone": ZONE, **rest, "authorisation": Authorisation(kind="rio", value=rio) if rio else Authorisation()}
