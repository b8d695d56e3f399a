"""The messages of the clearing house, field by field (COIN number portability v3, message definitions of its OpenAPI
file).

Patterns are anchored (Rust's regex: `$` is the very end). Null and absent are the same. Values are strings and flags
`Y`, `N`; instants stay fourteen local digits here and become UTC in `inbox` and `envelopes`.
"""

from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.model import Model
from parties.clearing_house.local_time import from_local_digits


def _is_a_time(digits: str) -> str:
    from_local_digits(digits, UTC)
    return digits


DossierId = Annotated[str, Field(pattern=r"^[-0-9A-Z]{5,26}$")]
Code = Annotated[str, Field(pattern=r"^[0-9A-Z]{3,6}$")]
Digits = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
LocalTime = Annotated[str, Field(pattern=r"^[0-9]{14}$"), AfterValidator(_is_a_time)]
Note = Annotated[str, Field(min_length=1, max_length=100)]
Yes = Annotated[str, Field(pattern=r"^Y*$")]
Name = Annotated[str, Field(min_length=1, max_length=70)]


class OperatorPair(Model):
    """An operator in a header; a virtual operator is its network's operator and itself as service provider."""

    networkoperator: Code
    serviceprovider: Code | None = None


class Header(Model):
    sender: OperatorPair
    receiver: OperatorPair
    timestamp: LocalTime


class NumberSeries(Model):
    """National digits; `start` and `end` are equal for one number."""

    start: Digits
    end: Digits


class NumberRange(Model):
    numberseries: NumberSeries


class NumberRepeat(Model):
    seq: NumberRange


class CustomerInfo(Model):
    """Who asks. `customerid` carries the authorisation."""

    lastname: Name | None = None
    companyname: Name | None = None
    housenr: Annotated[str, Field(min_length=1, max_length=5)] | None = None
    housenrext: Annotated[str, Field(min_length=1, max_length=4)] | None = None
    postcode: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,6}$")] | None = None
    customerid: Annotated[str, Field(min_length=1, max_length=20)] | None = None


class PortingRequest(Model):
    """The recipient asks the donor."""

    dossierid: DossierId
    recipientnetworkoperator: Code
    recipientserviceprovider: Code | None = None
    donornetworkoperator: Code | None = None
    donorserviceprovider: Code | None = None
    customerinfo: CustomerInfo | None = None
    contract: Annotated[str, Field(pattern=r"^(EARLY_TERMINATION|CONTINUATION)$")] | None = None
    note: Note | None = None
    repeats: Annotated[list[NumberRepeat], Field(min_length=1)]


class AnsweredNumbers(NumberRange):
    blockingcode: Annotated[str, Field(pattern=r"^[0-9]{1,2}$")] | None = None
    firstpossibledate: LocalTime | None = None
    note: Note | None = None
    donornetworkoperator: Code | None = None
    donorserviceprovider: Code | None = None


class AnswerRepeat(Model):
    seq: AnsweredNumbers


class PortingRequestAnswer(Model):
    """The donor accepts (`blocking` N) or refuses (Y, with a code per number)."""

    dossierid: DossierId
    blocking: Annotated[str, Field(pattern=r"^[YN]$")]
    repeats: Annotated[list[AnswerRepeat], Field(min_length=1)]


class PrDelayed(Model):
    """The donor needs longer."""

    dossierid: DossierId
    donornetworkoperator: Code
    donorserviceprovider: Code | None = None
    answerduedatetime: LocalTime | None = None
    reasoncode: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None = None


class PerformedNumbers(NumberRange):
    backporting: Yes | None = None
    pop: Annotated[str, Field(min_length=1, max_length=24)] | None = None


class PerformedRepeat(Model):
    seq: PerformedNumbers


class PortingPerformed(Model):
    """The number has changed network; goes to everybody."""

    dossierid: DossierId
    recipientnetworkoperator: Code
    donornetworkoperator: Code
    actualdatetime: LocalTime | None = None
    batchporting: Yes | None = None
    repeats: Annotated[list[PerformedRepeat], Field(min_length=1)]


class Cancel(Model):
    """The recipient withdraws the request."""

    dossierid: DossierId
    note: Note | None = None


class Deactivation(Model):
    """A number is given up and returns to its range holder."""

    dossierid: DossierId
    currentnetworkoperator: Code
    originalnetworkoperator: Code | None = None
    repeats: Annotated[list[NumberRepeat], Field(min_length=1)]


class FoundError(Model):
    phonenumber: Digits | None = None
    errorcode: Annotated[str, Field(min_length=1, max_length=20)]
    description: Annotated[str, Field(min_length=1, max_length=1000)]


class ErrorRepeat(Model):
    seq: FoundError


class ErrorFound(Model):
    """The clearing house refuses one of our messages after it had taken it."""

    dossierid: DossierId
    repeats: Annotated[list[ErrorRepeat], Field(min_length=1)]


Body = PortingRequest | PortingRequestAnswer | PrDelayed | PortingPerformed | Cancel | Deactivation | ErrorFound

BODIES: dict[str, type[Body]] = {
    "portingrequest": PortingRequest,
    "portingrequestanswer": PortingRequestAnswer,
    "pradelayed": PrDelayed,
    "portingperformed": PortingPerformed,
    "cancel": Cancel,
    "deactivation": Deactivation,
    "errorfound": ErrorFound,
}
"""The name a message has in an envelope and, with `-v3` behind it, on the event stream."""

TYPES: dict[type[Body], str] = {model: name for name, model in BODIES.items()}


class Envelope(Model):
    """One message: who to whom and when, and exactly one body."""

    header: Header
    type: str
    body: Body
