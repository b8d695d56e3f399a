"""Refusals of messages that are well formed but do not fit their dossier. The sender gets an `errorfound`."""

from simulator.clearing_house.dossiers import Dossier
from simulator.clearing_house.vocabulary import ErrorCode, Status

DESCRIPTIONS: dict[ErrorCode, str] = {
    ErrorCode.DOSSIER_UNKNOWN: "No dossier has this id.",
    ErrorCode.DOSSIER_EXISTS: "This dossier id was used before.",
    ErrorCode.DOSSIER_REFUSED: "The donor has refused this dossier.",
    ErrorCode.DOSSIER_CANCELLED: "This dossier was cancelled.",
    ErrorCode.DOSSIER_EXPIRED: "The agreement is more than 90 days old; the dossier is closed.",
    ErrorCode.NOT_A_PARTY: "The sender has not this part in the dossier.",
    ErrorCode.NOT_ANSWERED: "The donor has not answered this dossier.",
    ErrorCode.ALREADY_ANSWERED: "The donor has answered this dossier.",
    ErrorCode.ALREADY_PERFORMED: "This dossier was performed.",
    ErrorCode.DATE_TOO_EARLY: "The actual date and time is before the first possible date.",
    ErrorCode.OPERATOR_UNKNOWN: "The donor named is not an operator here.",
    ErrorCode.NUMBER_UNKNOWN: "The number is in no known range.",
    ErrorCode.NUMBER_NOT_AT_DONOR: "The operator named does not serve this number.",
    ErrorCode.NUMBER_AT_RECIPIENT: "The recipient serves this number.",
    ErrorCode.NUMBER_IN_DOSSIER: "Another dossier is open on this number.",
    ErrorCode.NUMBERS_DIFFER: "The numbers are not those of the dossier.",
    ErrorCode.TOO_MANY_NUMBERS: "The message holds too many numbers.",
    ErrorCode.RANGE_HOLDER_WRONG: "The original operator named does not hold the range of this number.",
    ErrorCode.BACKPORTING_WRONG: "Backporting is for a recipient that holds the range of the number.",
}

CLOSED: dict[Status, ErrorCode] = {
    Status.REFUSED: ErrorCode.DOSSIER_REFUSED,
    Status.CANCELLED: ErrorCode.DOSSIER_CANCELLED,
    Status.EXPIRED: ErrorCode.DOSSIER_EXPIRED,
    Status.PERFORMED: ErrorCode.ALREADY_PERFORMED,
}
"""What is said of a message that comes too late, by the state of its dossier."""


class FunctionalRefusal(Exception):
    """Why the message has no effect; `number` is national digits where one number is the cause."""

    def __init__(self, code: ErrorCode, number: str | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.description = DESCRIPTIONS[code]
        self.number = number


def refuse_if_closed(dossier: Dossier) -> None:
    """Raise unless the dossier still waits for its donor or for its recipient."""
    if dossier.status in CLOSED:
        raise FunctionalRefusal(CLOSED[dossier.status])
