"""What arrives on the event stream: from an event to a message that the engine understands."""

import json
import re
from datetime import datetime, tzinfo
from typing import Any

from pydantic import Field, ValidationError

from domain.model import Model
from domain.port_in import DossierMessage
from parties.clearing_house.local_time import from_local_digits
from parties.clearing_house.wire import (
    BODIES,
    Body,
    Cancel,
    Envelope,
    ErrorFound,
    Header,
    PortingPerformed,
    PortingRequest,
    PortingRequestAnswer,
    PrDelayed,
)

EVENT_SUFFIX = "-v3"
_DOSSIER = re.compile(r"[-0-9A-Z]{5,26}")
_MESSAGE_ID = re.compile(r"[0-9]{1,19}")


class InboxMessage(Model):
    """One message of our mailbox, delivered at least once until it is confirmed.

    `raw` is the envelope as received and holds personal data. `message` is what a dossier's workflow needs,
    `envelope` every field; both are None when the message cannot be read, and `problem` then says why without
    repeating it. A damaged message is best left unconfirmed: it comes again after a reconnect.
    """

    message_id: int
    type: str
    dossier_id: str | None
    raw: str = Field(repr=False)
    envelope: Envelope | None = Field(default=None, repr=False)
    message: DossierMessage | None = Field(default=None, repr=False)
    problem: str = ""


def read_message_id(text: str) -> int | None:
    """The decimal number under which a message is confirmed, None for anything else."""
    return int(text) if _MESSAGE_ID.fullmatch(text) else None


def read_event(message_id: int, name: str, data: str, zone: tzinfo) -> InboxMessage:
    """The message in one event. `zone` is the wire's. Never raises: what cannot be read is said in
    `problem`.
    """
    kind = name.lower().removesuffix(EVENT_SUFFIX)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return InboxMessage(message_id=message_id, type=kind, dossier_id=None, raw=data, problem="not JSON")
    header, fields = _parts(value, kind)
    dossier_id = _dossier_id(fields)
    if kind not in BODIES:
        problem = "unknown message type"
    elif fields is None:
        problem = "the body does not hold the message that the event names"
    else:
        try:
            envelope = Envelope.model_construct(
                header=Header.model_validate(header), type=kind, body=BODIES[kind].model_validate(fields)
            )
        except ValidationError as error:
            problem = _where(error)
        else:
            message = _for_workflow(message_id, kind, envelope.body, zone)
            return InboxMessage.model_construct(
                message_id=message_id,
                type=kind,
                dossier_id=envelope.body.dossierid,
                raw=data,
                envelope=envelope,
                message=message,
                problem="",
            )
    return InboxMessage(message_id=message_id, type=kind, dossier_id=dossier_id, raw=data, problem=problem)


def _parts(value: Any, kind: str) -> tuple[Any, Any]:
    message = value.get("message") if isinstance(value, dict) else None
    if not isinstance(message, dict):
        return None, None
    body = message.get("body")
    return message.get("header"), body.get(kind) if isinstance(body, dict) else None


def _dossier_id(fields: Any) -> str | None:
    found = fields.get("dossierid") if isinstance(fields, dict) else None
    return found if isinstance(found, str) and _DOSSIER.fullmatch(found) else None


def _where(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"field {'.'.join(str(part) for part in first['loc'])}: {first['type']}"


def _instant(digits: str | None, zone: tzinfo) -> datetime | None:
    return from_local_digits(digits, zone) if digits else None


def _for_workflow(message_id: int, kind: str, body: Body, zone: tzinfo) -> DossierMessage:
    fields: dict[str, Any] = {}
    match body:
        case PortingRequestAnswer():
            numbers = [repeat.seq for repeat in body.repeats]
            possible = [day for day in (_instant(number.firstpossibledate, zone) for number in numbers) if day]
            fields = {
                "blocked": body.blocking == "Y",
                "blocking_code": next((number.blockingcode for number in numbers if number.blockingcode), None),
                "note": next((number.note for number in numbers if number.note), ""),
                "first_possible": max(possible, default=None),
            }
        case PrDelayed():
            fields = {"answer_due": _instant(body.answerduedatetime, zone), "reason_code": body.reasoncode}
        case PortingPerformed():
            fields = {"actual": _instant(body.actualdatetime, zone)}
        case ErrorFound():
            first = body.repeats[0].seq
            fields = {"error_code": first.errorcode, "error_text": first.description}
        case PortingRequest() | Cancel():
            fields = {"note": body.note or ""}
    return DossierMessage(message_id=message_id, type=kind, dossier_id=body.dossierid, **fields)
