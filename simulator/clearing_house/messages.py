"""The messages of number porting as they travel: field names, patterns and nesting of the wire protocol, version 3.

Null equals absent. Patterns are anchored. A delivered message carries every optional field, as null where unset:
a reader that looks for a missing attribute would drop the whole message.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from simulator.clearing_house.local_time import from_wire
from simulator.clearing_house.vocabulary import MessageType


def _is_a_moment(digits: str) -> str:
    try:
        from_wire(digits)
    except (ValueError, OverflowError):
        raise ValueError("Value should be a date and a time of day") from None
    return digits


OperatorCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3,6}$")]
DossierId = Annotated[str, StringConstraints(pattern=r"^[-0-9A-Z]{5,26}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$"), AfterValidator(_is_a_moment)]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
BlockingCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")]
Flag = Annotated[str, StringConstraints(pattern=r"^Y*$")]
Note = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class WirePart(BaseModel):
    """A piece of a message; fields that the protocol does not name are ignored, values never echoed in errors."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Pair(WirePart):
    """A network operator and, for a virtual operator, its service provider."""

    networkoperator: OperatorCode
    serviceprovider: OperatorCode | None = None


class Header(WirePart):
    receiver: Pair
    sender: Pair
    timestamp: Moment


class NumberSeries(WirePart):
    start: Digits
    end: Digits


class ProfileSeq(WirePart):
    profileid: DossierId


class NumberProfile(WirePart):
    seq: ProfileSeq


class Series(WirePart):
    numberseries: NumberSeries


class RequestSeries(Series):
    repeats: list[NumberProfile] | None = None


class AnswerSeries(Series):
    blockingcode: BlockingCode | None = None
    firstpossibledate: Moment | None = None
    note: Note | None = None
    donornetworkoperator: OperatorCode | None = None
    donorserviceprovider: OperatorCode | None = None


class PerformedSeries(Series):
    backporting: Flag | None = None
    pop: Annotated[str, StringConstraints(min_length=1, max_length=24)] | None = None
    repeats: list[NumberProfile] | None = None


class Error(WirePart):
    phonenumber: Digits | None = None
    errorcode: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


Item_co = TypeVar("Item_co", bound=WirePart, covariant=True)


class Repeat(WirePart, Generic[Item_co]):
    """The protocol's way to repeat: a list of objects with one key, `seq`."""

    seq: Item_co


class CustomerInfo(WirePart):
    """What the recipient knows of the customer; the French RIO travels as `customerid`."""

    lastname: Annotated[str, StringConstraints(min_length=1, max_length=70)] | None = None
    companyname: Annotated[str, StringConstraints(min_length=1, max_length=70)] | None = None
    housenr: Annotated[str, StringConstraints(min_length=1, max_length=5)] | None = None
    housenrext: Annotated[str, StringConstraints(min_length=1, max_length=4)] | None = None
    postcode: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,6}$")] | None = None
    customerid: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None


class Body(WirePart):
    """What is between `"<type>":` and its closing brace."""

    type: ClassVar[MessageType]
    dossierid: DossierId


class NumberedBody(Body):
    """A body about numbers; `repeats` narrows in each type."""

    repeats: Sequence[Repeat[Series]]

    def series(self) -> list[Series]:
        return [repeat.seq for repeat in self.repeats]


class PortingRequest(NumberedBody):
    type = MessageType.PORTING_REQUEST
    recipientserviceprovider: OperatorCode | None = None
    recipientnetworkoperator: OperatorCode
    donornetworkoperator: OperatorCode | None = None
    donorserviceprovider: OperatorCode | None = None
    customerinfo: CustomerInfo | None = None
    contract: Literal["EARLY_TERMINATION", "CONTINUATION"] | None = None
    note: Note | None = None
    repeats: Sequence[Repeat[RequestSeries]] = Field(min_length=1)


class PortingRequestAnswer(NumberedBody):
    type = MessageType.PORTING_REQUEST_ANSWER
    blocking: Literal["Y", "N"]
    repeats: Sequence[Repeat[AnswerSeries]] = Field(min_length=1)


class PrDelayed(Body):
    type = MessageType.PR_DELAYED
    donornetworkoperator: OperatorCode
    donorserviceprovider: OperatorCode | None = None
    answerduedatetime: Moment | None = None
    reasoncode: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")] | None = None


class PortingPerformed(NumberedBody):
    type = MessageType.PORTING_PERFORMED
    recipientnetworkoperator: OperatorCode
    donornetworkoperator: OperatorCode
    actualdatetime: Moment | None = None
    batchporting: Flag | None = None
    repeats: Sequence[Repeat[PerformedSeries]] = Field(min_length=1)


class Cancel(Body):
    type = MessageType.CANCEL
    note: Note | None = None


class Deactivation(NumberedBody):
    type = MessageType.DEACTIVATION
    currentnetworkoperator: Annotated[str, StringConstraints(min_length=3, max_length=6)]
    originalnetworkoperator: Annotated[str, StringConstraints(min_length=3, max_length=6)] | None = None
    repeats: Sequence[Repeat[Series]] = Field(min_length=1)


class ErrorFound(Body):
    type = MessageType.ERROR_FOUND
    repeats: Sequence[Repeat[Error]] = Field(min_length=1)


SENDABLE: dict[str, type[Body]] = {
    model.type: model
    for model in (PortingRequest, PortingRequestAnswer, PrDelayed, PortingPerformed, Cancel, Deactivation)
}
"""Everything an operator may post, by the last word of its path."""
