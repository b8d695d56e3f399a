"""The French rules, as tests need them."""

from typing import Any
from zoneinfo import ZoneInfo

from domain.authorisation import Authorisation
from parties.clearing_house.local_time import WireForm
from rules.france.numbering import MOBILE_PREFIXES, Territory
from rules.france.regime import FRANCE

FORM = WireForm(FRANCE.numbers.national, ZoneInfo(FRANCE.zone))
ZONE = FRANCE.zone


def with_rio(values: dict[str, Any]) -> dict[str, Any]:
    """An order's fields, its RIO sealed."""
    rest = dict(values)
    rio = rest.pop("rio", "")
    return {"zone": ZONE, **rest, "authorisation": Authorisation(kind="rio", value=rio) if rio else Authorisation()}


def number_in(territory: Territory) -> str:
    """A mobile number of this territory."""
    prefix = next((each for each, where in MOBILE_PREFIXES.items() if where is territory and each != "063998"), "0612")
    return FRANCE.numbers.parse(prefix.ljust(10, "1"))
