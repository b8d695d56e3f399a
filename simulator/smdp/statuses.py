"""How an ES2+ function ended: `functionExecutionStatus`, and the standard's codes of what went wrong."""

from dataclasses import dataclass
from typing import Any

PROTOCOL = "gsma/rsp/v2.2.0"
SUCCESS, WITH_WARNING, FAILED, EXPIRED = "Executed-Success", "Executed-WithWarning", "Failed", "Expired"


@dataclass(frozen=True)
class StatusCode:
    """Subject and reason; the message is for people and names no value."""

    subject: str
    reason: str
    message: str

    def as_json(self) -> dict[str, str]:
        """`statusCodeData`."""
        return {"subjectCode": self.subject, "reasonCode": self.reason, "message": self.message}


ICCID_NOT_ALLOWED = StatusCode("8.2.1", "1.2", "the profile belongs to another operator")
ICCID_MISSING = StatusCode("8.2.1", "2.2", "an order names an ICCID or a profile type")
ICCID_NOT_AVAILABLE = StatusCode("8.2.1", "3.3", "the profile is not available for this")
ICCID_CANNOT_BE_RELEASED = StatusCode("8.2.1", "3.5", "the profile is not confirmed and cannot be released")
ICCID_UNKNOWN = StatusCode("8.2.1", "3.9", "there is no profile with this ICCID")
TYPE_EXHAUSTED = StatusCode("8.2.5", "3.7", "no profile of this type is left")
TYPE_UNKNOWN = StatusCode("8.2.5", "3.9", "there is no such profile type")
MATCHING_ID_OTHER = StatusCode("8.2.6", "3.1", "the order has another matching id")
MATCHING_ID_TAKEN = StatusCode("8.2.6", "3.3", "another order has this matching id")
EID_OTHER = StatusCode("8.1.1", "3.10", "the order is for another EID")
NOTHING_TO_CANCEL = StatusCode("8.2.1", "3.3", "no order is pending on the profile")
INSTALLATION_FAILED = StatusCode("8.1", "4.8", "the phone could not install the profile")
TIME_TO_LIVE_OVER = StatusCode("8.8.5", "4.10", "nobody has fetched the profile in time")


class SmDpRefusal(Exception):
    """A business failure; raised inside a transaction it rolls back what was done."""

    def __init__(self, code: StatusCode) -> None:
        super().__init__(code.message)
        self.code = code


def execution_status(status: str, code: StatusCode | None = None) -> dict[str, Any]:
    """`functionExecutionStatus`, and in a callback `notificationPointStatus`."""
    return {"status": status} | ({} if code is None else {"statusCodeData": code.as_json()})
