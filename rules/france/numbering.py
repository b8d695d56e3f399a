"""The French mobile numbering plan as data: which territory a national prefix belongs to, and its E.164 country code.

A national number (`0692…`) says its territory by its prefix; in E.164 the overseas territories have country codes of
their own (`+262692…`). Source of the prefixes: the metadata of libphonenumber (the `phonenumbers` package), which
follows Arcep's numbering plan; a test compares the two. 06 39 belongs to Mayotte but for 06 39 98, the range that
Arcep keeps for fiction, which is metropolitan.
"""

from enum import StrEnum


class Territory(StrEnum):
    """The seven territories inside which a number may be ported (arcep.fr, practical sheet on number portability)."""

    METROPOLE = "metropole"
    GUADELOUPE = "guadeloupe"  # with Saint-Martin and Saint-Barthélemy
    GUYANE = "guyane"
    MARTINIQUE = "martinique"
    REUNION = "reunion"
    MAYOTTE = "mayotte"
    SAINT_PIERRE_ET_MIQUELON = "saint_pierre_et_miquelon"


COUNTRY_CODES: dict[Territory, str] = {
    Territory.METROPOLE: "33",
    Territory.GUADELOUPE: "590",
    Territory.GUYANE: "594",
    Territory.MARTINIQUE: "596",
    Territory.REUNION: "262",
    Territory.MAYOTTE: "262",
    Territory.SAINT_PIERRE_ET_MIQUELON: "508",
}

MOBILE_PREFIXES: dict[str, Territory] = {
    "0639": Territory.MAYOTTE,
    "063998": Territory.METROPOLE,
    "0690": Territory.GUADELOUPE,
    "0691": Territory.GUADELOUPE,
    "0692": Territory.REUNION,
    "0693": Territory.REUNION,
    "0694": Territory.GUYANE,
    "0696": Territory.MARTINIQUE,
    "0697": Territory.MARTINIQUE,
    "07084": Territory.SAINT_PIERRE_ET_MIQUELON,
    "07085": Territory.SAINT_PIERRE_ET_MIQUELON,
    "07090": Territory.GUADELOUPE,
    "07091": Territory.MARTINIQUE,
    "07092": Territory.REUNION,
    "070930": Territory.GUYANE,
    "070931": Territory.GUYANE,
    "070932": Territory.GUYANE,
    "070933": Territory.GUYANE,
    "070935": Territory.MAYOTTE,
    "070936": Territory.MAYOTTE,
    "070937": Territory.MAYOTTE,
}
"""National prefixes of mobile numbers outside the default; the longest one that fits wins."""

_PREFIX_LENGTHS = sorted({len(prefix) for prefix in MOBILE_PREFIXES}, reverse=True)


def territory_of_national(national_number: str) -> Territory:
    """The territory of a national mobile number (10 or 14 digits, leading 0); metropole where no prefix of the table
    fits.
    """
    for length in _PREFIX_LENGTHS:
        territory = MOBILE_PREFIXES.get(national_number[:length])
        if territory is not None:
            return territory
    return Territory.METROPOLE
