"""Turns a party's JSON object into a model, or into the error that an unusable answer is."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from parties.errors import OutcomeUnknown, PartyFailed

M = TypeVar("M", bound=BaseModel)


def read_answer(model: type[M], body: Mapping[str, Any], party: str, call: str) -> M:
    """The answer of a read; `PartyFailed` when it has not the promised shape."""
    try:
        return model.model_validate(body)
    except ValidationError:
        raise PartyFailed(party, call, "answer has not the promised shape") from None


def write_answer(model: type[M], body: Mapping[str, Any], party: str, call: str) -> M:
    """The answer of a write; `OutcomeUnknown` when it has not the promised shape, for it may well be done."""
    try:
        return model.model_validate(body)
    except ValidationError:
        raise OutcomeUnknown(party, call, "sent, but the answer has not the promised shape") from None
