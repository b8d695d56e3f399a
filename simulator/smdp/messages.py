"""The requests of ES2+ as they come: every field of the standard is accepted, those without a use here are ignored."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints
from pydantic.alias_generators import to_camel

Iccid = Annotated[str, StringConstraints(pattern=r"^[0-9]{19}[0-9F]?$")]
"""A 19-digit one travels padded with `F`; without the padding it is understood."""
Eid = Annotated[str, StringConstraints(pattern=r"^[0-9]{32}$")]
MatchingId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{1,255}$")]
_Identifier = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class Es2Message(BaseModel):
    """One message or a part of it."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class Es2Header(Es2Message):
    """Who asks, and the asker's own name for the call; neither makes a repetition harmless."""

    function_requester_identifier: _Identifier
    function_call_identifier: _Identifier


class Call(Es2Message):
    """What every function carries."""

    header: Es2Header


class DownloadOrder(Call):
    """An ICCID, or a profile type of which the server takes the next profile."""

    eid: Eid | None = None
    iccid: Iccid | None = None
    profile_type: _Identifier | None = None


class ProfileCall(Call):
    """A function on a profile that was ordered."""

    iccid: Iccid


class ConfirmOrder(ProfileCall):
    """`releaseFlag`: release it at once. Without a `matchingId` the server makes one."""

    release_flag: StrictBool
    eid: Eid | None = None
    matching_id: MatchingId | None = None
    confirmation_code: str | None = None
    smds_address: str | None = None


class ReleaseProfile(ProfileCall):
    """Let it be downloaded."""


class CancelOrder(ProfileCall):
    """What shall become of the profile."""

    final_profile_status_indicator: Literal["Available", "Unavailable"]
    eid: Eid | None = None
    matching_id: MatchingId | None = None


def padded(iccid: str) -> str:
    """An ICCID as it travels: 20 characters."""
    return iccid.ljust(20, "F")


def unpadded(iccid: str) -> str:
    """An ICCID as everybody else writes it."""
    return iccid.removesuffix("F")
