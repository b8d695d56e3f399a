"""The SM-DP+, from which phones fetch their eSIM profiles. Spoken to over ES2+ (GSMA SGP.22, section 5.3)."""

from parties.smdp.answers import NOT_AVAILABLE, UNKNOWN_ICCID
from parties.smdp.client import Smdp

__all__ = ["NOT_AVAILABLE", "UNKNOWN_ICCID", "Smdp"]
