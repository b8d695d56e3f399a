"""The systems that are asked about a line, all of them played by one fake."""

from typing import cast

from activities.our_systems import OurSystems
from journal import Journal
from parties.billing import Billing
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.hlr import Hlr


def systems_of(fake: object, journal: object, clearing_house: object = None) -> OurSystems:
    """The fake in every part, the clearing house's too unless another one plays it."""
    return OurSystems(
        cast(Care, fake),
        cast(Billing, fake),
        cast(Hlr, fake),
        cast(ClearingHouse, clearing_house or fake),
        cast(Journal, journal),
    )
