"""`{"message": {"header": …, "body": {"<type>": …}}}`: read from bytes, written for the stream."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from simulator.clearing_house.messages import SENDABLE, Body, Header, WirePart
from simulator.clearing_house.vocabulary import MessageType
from simulator.clearing_house.wire_refusals import bad_field

MAX_ERRORS = 20
"""Field errors reported for one message; a body full of faults gets no longer answer than that."""


class _Inner(WirePart):
    header: Header
    body: dict[str, Any]


class _Outer(WirePart):
    message: _Inner


@dataclass(frozen=True)
class Message:
    """One message with a valid schema. Whether it fits its dossier is checked later."""

    header: Header
    body: Body

    @property
    def type(self) -> MessageType:
        return self.body.type


def read(message_type: str, raw: bytes) -> Message:
    """The message that was posted to the path of `message_type`; raises WireRefusal (400) naming the fields."""
    try:
        content = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise bad_field("the body is not JSON") from None
    try:
        inner = _Outer.model_validate(content).message
        body = SENDABLE[message_type].model_validate(inner.body.get(message_type))
    except ValidationError as error:
        raise bad_field(*_describe(error, message_type)) from None
    return Message(inner.header, body)


def write(message: Message) -> str:
    """The JSON of a message, on one line, every optional field present."""
    content = {
        "message": {
            "header": message.header.model_dump(mode="json"),
            "body": {str(message.type): message.body.model_dump(mode="json")},
        }
    }
    return json.dumps(content, separators=(",", ":"))


def _describe(error: ValidationError, message_type: str) -> list[str]:
    prefix = "" if error.title == _Outer.__name__ else f"message.body.{message_type}."
    found = error.errors(include_input=False, include_url=False, include_context=False)[:MAX_ERRORS]
    return [(prefix + ".".join(map(str, item["loc"]))).rstrip(".") + ": " + item["msg"] for item in found]
