"""The SM-DP+, from which phones fetch their eSIM profiles. Spoken to over ES2+ (GSMA SGP.22, section 5.3)."""

from parties.smdp.client import Smdp

__all__ = ["Smdp"]
