"""The words of the clearing house: its paths, message types, codes and the states of a dossier."""

from enum import IntEnum, StrEnum

BASE = "/number-portability/v3/dossiers"
REGISTRY = "/registry/v1"
PARTY = "clearing_house"
CLEARING_HOUSE_CODE = "CRDB"
EVENT_SUFFIX = "-v3"
MAX_BODY_BYTES = 256 * 1024
AGREEMENT_DAYS = 90
"""Legal days after which an agreed dossier that was not performed closes."""
MAX_NUMBERS = 500
"""Numbers in one message, counted over all its series."""


class MessageType(StrEnum):
    """The messages of number porting; `errorfound` is only ever received."""

    PORTING_REQUEST = "portingrequest"
    PORTING_REQUEST_ANSWER = "portingrequestanswer"
    PR_DELAYED = "pradelayed"
    PORTING_PERFORMED = "portingperformed"
    CANCEL = "cancel"
    DEACTIVATION = "deactivation"
    ERROR_FOUND = "errorfound"


NOT_OFFERED = frozenset(
    {
        "activationsn",
        "deactivationsn",
        "tariffchangesn",
        "enumactivationnumber",
        "enumdeactivationnumber",
        "enumactivationoperator",
        "enumdeactivationoperator",
        "enumactivationrange",
        "enumdeactivationrange",
        "enumprofileactivation",
        "enumprofiledeactivation",
    }
)
"""Paths of the protocol that this clearing house knows and does not offer: service numbers and ENUM."""


class WireCode(IntEnum):
    """`code` of an ErrorMessages body: what the request layer refuses at once."""

    FIELD_VALIDATION = 1000
    PARAMETER_VALIDATION = 1010
    INVALID_ENDPOINT = 1020
    UNSUPPORTED_MEDIA_TYPE = 1030
    DISTRIBUTION_NOT_FOUND = 6011
    FORBIDDEN = 8000
    UNAUTHORIZED = 8010


class ErrorCode(StrEnum):
    """`errorcode` of an `errorfound`: what the functional layer refuses after the 200 (20 characters at most)."""

    DOSSIER_UNKNOWN = "DOSSIER_UNKNOWN"
    DOSSIER_EXISTS = "DOSSIER_EXISTS"
    DOSSIER_REFUSED = "DOSSIER_REFUSED"
    DOSSIER_CANCELLED = "DOSSIER_CANCELLED"
    DOSSIER_EXPIRED = "DOSSIER_EXPIRED"
    NOT_A_PARTY = "NOT_A_PARTY"
    NOT_ANSWERED = "NOT_ANSWERED"
    ALREADY_ANSWERED = "ALREADY_ANSWERED"
    ALREADY_PERFORMED = "ALREADY_PERFORMED"
    DATE_TOO_EARLY = "DATE_TOO_EARLY"
    OPERATOR_UNKNOWN = "OPERATOR_UNKNOWN"
    NUMBER_UNKNOWN = "NUMBER_UNKNOWN"
    NUMBER_NOT_AT_DONOR = "NUMBER_NOT_AT_DONOR"
    NUMBER_AT_RECIPIENT = "NUMBER_AT_RECIPIENT"
    NUMBER_IN_DOSSIER = "NUMBER_IN_DOSSIER"
    NUMBERS_DIFFER = "NUMBERS_DIFFER"
    TOO_MANY_NUMBERS = "TOO_MANY_NUMBERS"
    RANGE_HOLDER_WRONG = "RANGE_HOLDER_WRONG"
    BACKPORTING_WRONG = "BACKPORTING_WRONG"


class Status(StrEnum):
    """The states of a dossier. The last four are final, except that a refusal may still be cancelled."""

    REQUESTED = "requested"
    DELAYED = "delayed"
    AGREED = "agreed"
    REFUSED = "refused"
    PERFORMED = "performed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = frozenset({Status.REQUESTED, Status.DELAYED, Status.AGREED})
"""States in which a dossier holds its numbers against a second one."""
