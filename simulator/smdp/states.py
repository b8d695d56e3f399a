"""The life of a profile at the SM-DP+ (GSMA SGP.22, 3.1.6), and which function may act in which state.

Available ──downloadOrder──> Allocated, with an EID Linked ──confirmOrder──> Confirmed ──releaseProfile──> Released
Released ──the phone──> Downloaded ──> Installed ──> Enabled     Released ──seven legal days──> Expired
                        Downloaded ──> Error                     Installed ──> Deleted
cancelOrder leads back to Available or on to Unavailable, except from a phone that has the profile
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ProfileState(StrEnum):
    """The states' names are the standard's; `Expired` is ours for a release that nobody has used in time."""

    AVAILABLE = "Available"
    ALLOCATED = "Allocated"
    LINKED = "Linked"
    CONFIRMED = "Confirmed"
    RELEASED = "Released"
    DOWNLOADED = "Downloaded"
    INSTALLED = "Installed"
    ENABLED = "Enabled"
    ERROR = "Error"
    DELETED = "Deleted"
    UNAVAILABLE = "Unavailable"
    EXPIRED = "Expired"


ORDERED = frozenset({ProfileState.ALLOCATED, ProfileState.LINKED})
"""States in which an order can be confirmed."""
WITHOUT_ORDER = frozenset({ProfileState.AVAILABLE, ProfileState.UNAVAILABLE})
"""States in which there is nothing to cancel."""
ON_A_PHONE = frozenset({ProfileState.DOWNLOADED, ProfileState.INSTALLED, ProfileState.ENABLED})
"""States in which an order can no longer be cancelled."""
BEFORE: Mapping[ProfileState, ProfileState] = MappingProxyType(
    {
        ProfileState.DOWNLOADED: ProfileState.RELEASED,
        ProfileState.INSTALLED: ProfileState.DOWNLOADED,
        ProfileState.ENABLED: ProfileState.INSTALLED,
        ProfileState.DELETED: ProfileState.INSTALLED,
        ProfileState.ERROR: ProfileState.DOWNLOADED,
        ProfileState.EXPIRED: ProfileState.RELEASED,
    }
)
"""What a profile must be for a phone, or time, to bring it into a state."""
EFFECTS: Mapping[ProfileState, str] = MappingProxyType(
    {state: "profile_failed" if state is ProfileState.ERROR else f"profile_{state.lower()}" for state in BEFORE}
)
