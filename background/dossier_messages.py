"""What a message of the clearing house means in our vocabulary: refusals get their canonical code here, once."""

from collections.abc import Callable
from datetime import datetime

from domain.directory import Directory, UnknownOperator
from domain.port_in import DossierMessage
from domain.refusals import Refusal, RefusalCode, refusal, refusal_from_block
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.wire import OperatorPair

ERRORS: dict[str, RefusalCode] = {
    "NUMBER_NOT_AT_DONOR": RefusalCode.NUMBER_NOT_AT_DONOR,
    "NUMBER_AT_RECIPIENT": RefusalCode.SAME_OPERATOR,
    "NUMBER_IN_DOSSIER": RefusalCode.ALREADY_IN_PROGRESS,
    "NUMBER_UNKNOWN": RefusalCode.NUMBER_NOT_PORTABLE,
    "TOO_MANY_NUMBERS": RefusalCode.LIMIT_EXCEEDED,
}
"""`errorcode` of *errorfound* → our code; what is not here is technical. The codes are the clearing house's,
published with it.
"""

CLEARING_HOUSE = "clearing_house"


def dossier_message(
    received: InboxMessage, directory: Directory, judge: Callable[[Refusal], Refusal], *, received_at: datetime
) -> DossierMessage:
    """The message as a workflow needs it; `received_at` is legal time, `judge` says what the national rules think of a
    donor's refusal. The message must have been readable.
    """
    assert received.message is not None
    assert received.envelope is not None
    message = received.message
    update: dict[str, object] = {"received_at": received_at}
    if message.blocked:
        sender = _name(received.envelope.header.sender, directory)
        update["refusal"] = judge(refusal_from_block(message.blocking_code, message.note, sender))
    elif message.error_code is not None:
        update["refusal"] = _error(message)
    return message.model_copy(update=update)


def _error(message: DossierMessage) -> Refusal:
    code = ERRORS.get(message.error_code or "", RefusalCode.TECHNICAL)
    return refusal(code, CLEARING_HOUSE, raw_code=message.error_code or "", raw_text=message.error_text)


def _name(sender: OperatorPair, directory: Directory) -> str:
    try:
        return directory.by_pair(sender.networkoperator, sender.serviceprovider).code
    except UnknownOperator:
        return sender.networkoperator
