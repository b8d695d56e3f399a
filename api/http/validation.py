"""The base of request bodies, and their validation errors as field errors."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from api.http.json_body import shown_key
from api.http.problems import FieldError, refused_fields


class RequestBody(BaseModel):
    """What comes in over REST: unknown fields are refused, and no error repeats what was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


ActorName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


Body = TypeVar("Body", bound=RequestBody)


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


def partly_validated(
    model: type[Body], raw: Mapping[str, Any], code_of: ReadCode
) -> tuple[Body | None, dict[str, Any], list[FieldError]]:
    """The body when its shape is right; each field whose shape is right, for further checks; and what is wrong: no
    error hides another.
    """
    try:
        body = model.model_validate(raw)
    except ValidationError as error:
        return None, _well_shaped(model, raw), field_errors(error, code_of)
    return body, {name: getattr(body, name) for name in model.model_fields}, []


def _well_shaped(model: type[RequestBody], raw: Mapping[str, Any]) -> dict[str, Any]:
    fields = {}
    for name, adapter in _adapters(model).items():
        if name in raw:
            try:
                fields[name] = adapter.validate_python(raw[name])
            except ValidationError:
                continue
    return fields


@cache
def _adapters(model: type[RequestBody]) -> dict[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(info.rebuild_annotation()) for name, info in model.model_fields.items()}


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
