"""The base of request bodies, and their validation errors as field errors."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from api.json_body import shown_key
from api.problems import FieldError, refused_fields


class EdgeModel(BaseModel):
    """What comes in over REST: unknown fields are refused, and no error repeats what was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


ActorName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


Body = TypeVar("Body", bound=EdgeModel)


class ReadCode(Protocol):
    """The code of a wrong field, by its path and pydantic's type of error; None: the general one."""

    def __call__(self, path: str, error_type: str) -> str | None: ...


_GENERAL = {"missing": "field_missing", "extra_forbidden": "field_unknown"}
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a field that exists here",
    "model_type": "must be an object",
}


def field_errors(error: ValidationError, code_of: ReadCode = lambda _path, _type: None) -> list[FieldError]:
    """The validation errors of a body, each with its path, its code and a sentence without the value."""
    return [_field_error(each, code_of) for each in error.errors(include_input=False, include_url=False)]


def validated(model: type[Body], body: Mapping[str, Any]) -> Body:
    """The body as that model; raises the `Problem` that names all wrong fields."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise refused_fields(field_errors(error)) from None


def _field_error(each: ErrorDetails, code_of: ReadCode) -> FieldError:
    path = path_of(each["loc"])
    kind = each["type"]
    code = _GENERAL["extra_forbidden"] if kind == "extra_forbidden" else code_of(path, kind)
    return FieldError(path, code or _GENERAL.get(kind, "field_invalid"), _MESSAGES.get(kind) or _sentence(each["msg"]))


def path_of(location: Iterable[int | str]) -> str:
    """`holder.name`, `items[0].msisdn`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{shown_key(step)}" if path else shown_key(step)
    return path


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]
