"""What an ES2+ answer says: done, refused, or in trouble. HTTP says 200 to all three."""

import re
from typing import Any

from pydantic import Field, ValidationError

from domain.model import Model
from parties.errors import OutcomeUnknown, PartyError, PartyFailed, PartyRefused

PARTY = "smdp"

NOT_AVAILABLE = "8.2.1/3.3"
"""The profile is not available: somebody has ordered it, perhaps we ourselves with a reply that was lost."""

UNKNOWN_ICCID = "8.2.1/3.9"

CODES = {
    "8.2.1/1.2": "profile_not_allowed",
    NOT_AVAILABLE: "profile_not_available",
    "8.2.1/3.5": "profile_not_releasable",
    UNKNOWN_ICCID: "profile_unknown",
    "8.2.5/3.7": "profile_type_empty",
    "8.2.5/3.9": "profile_type_unknown",
    "8.2.6/3.1": "matching_id_differs",
}
"""SGP.22's subject and reason codes as ours; another one of the subjects below is `profile_refused`."""

_DONE = frozenset({"Executed-Success", "Executed-WithWarning"})
_BUSINESS = re.compile(r"8\.[12](\.[0-9]{1,3}){0,3}/[0-9]{1,3}(\.[0-9]{1,3}){0,3}")
"""Codes about the phone (8.1) and the profile (8.2) end an order; those about the servers behind (8.8, 8.9) or the
request itself (1, 2) are trouble, to be tried again.
"""


class _StatusCodeData(Model):
    subject: str = Field(alias="subjectCode")
    reason: str = Field(alias="reasonCode")


class _ExecutionStatus(Model):
    status: str
    code: _StatusCodeData | None = Field(default=None, alias="statusCodeData")


class _Header(Model):
    execution: _ExecutionStatus = Field(alias="functionExecutionStatus")


class _Answer(Model):
    header: _Header


def check(body: dict[str, Any], call: str) -> None:
    """Returns when the function was executed; else raises what its status means."""
    try:
        status = _Answer.model_validate(body).header.execution
    except ValidationError:
        raise OutcomeUnknown(PARTY, call, "sent, but the answer has no execution status") from None
    if status.status not in _DONE:
        raise _trouble(status, call)


def _trouble(status: _ExecutionStatus, call: str) -> PartyError:
    raw = f"{status.code.subject}/{status.code.reason}" if status.code else ""
    if status.status == "Failed" and _BUSINESS.fullmatch(raw):
        code = CODES.get(raw, "profile_refused")
        return PartyRefused(PARTY, call, code=code, message=f"refused, {code}", raw=raw)
    return PartyFailed(PARTY, call, "the function was not executed")
