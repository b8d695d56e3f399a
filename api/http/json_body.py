"""Reads a JSON body strictly: size, type, encoding, duplicates, depth, characters.

Python's json takes NaN, keeps the last of two equal keys and lets control characters through as escapes; none of that
may reach an order.
"""

import asyncio
import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from starlette.requests import Request

from api.http.problems import FieldError, Problem, refused_fields

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 20
BODY_TIMEOUT_S = 15.0

# C0 and C1 controls, bidirectional marks and embeddings, line and paragraph separators, byte order mark, surrogates.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_JSON_TYPE = re.compile(r'application/json(\s*;\s*charset="?utf-8"?)?\s*', re.IGNORECASE)
_SHOWABLE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys came twice."""

    twice: tuple[str, ...] = ()


async def read_object(request: Request) -> dict[str, Any]:
    """The one JSON object that is the request's body; raises `Problem`."""
    if not _JSON_TYPE.fullmatch(request.headers.get("content-type", "")):
        raise Problem("content_type_unsupported", "send the body as application/json")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem("content_type_unsupported", "send the body without compression")
    return parse_object(await read_bytes(request))


def parse_object(content: bytes) -> dict[str, Any]:
    """The one JSON object that these bytes are; raises `Problem`."""
    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
    except UnicodeDecodeError:
        raise Problem("body_malformed", "the body is not UTF-8") from None
    except RecursionError:
        raise Problem("body_malformed", f"the body is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Problem("body_malformed", f"the body is not JSON (line {error.lineno}, column {error.colno})") from None
    except ValueError as error:
        raise Problem("body_malformed", "a number in the body is none that can be kept") from error
    if not isinstance(value, dict):
        raise Problem("body_malformed", "the body must be one JSON object")
    _inspect(value)
    return value


async def read_bytes(request: Request) -> bytes:
    """The body as it is, within `MAX_BODY_BYTES` and in time; raises `Problem`."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > MAX_BODY_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise Problem("body_timeout", f"the body did not arrive within {BODY_TIMEOUT_S:.0f} seconds") from None
    return bytes(content)


def _too_large() -> Problem:
    # The rest of the body is not read: the connection cannot be used again.
    return Problem("body_too_large", f"the body is larger than {MAX_BODY_BYTES} bytes", headers={"Connection": "close"})


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        found.twice = tuple(key for key in found if keys.count(key) > 1)
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("too large a number")
    return value


def _inspect(body: dict[str, Any]) -> None:
    twice: list[FieldError] = []
    characters: list[FieldError] = []
    for path, depth, value in _walk(body):
        if depth > MAX_DEPTH:
            raise Problem("body_malformed", f"the body is nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, _Object):
            twice += [FieldError(_join(path, key), "key_duplicate", "comes twice in its object") for key in value.twice]
            if any(_FORBIDDEN.search(key) for key in value):
                characters.append(FieldError(path or "body", "character_forbidden", "has a key with such a character"))
        elif isinstance(value, str) and _FORBIDDEN.search(value):
            message = "holds a control or bidirectional character"
            characters.append(FieldError(path, "character_forbidden", message))
    if twice or characters:
        raise refused_fields(twice or characters)


def _walk(body: dict[str, Any]) -> Iterator[tuple[str, int, Any]]:
    """Every value with its path and depth, the body itself first. Iterative: a deep body must not exhaust the stack."""
    todo: list[tuple[str, int, Any]] = [("", 1, body)]
    while todo:
        path, depth, value = todo.pop()
        yield path, depth, value
        if isinstance(value, dict):
            todo += [(_join(path, key), depth + 1, each) for key, each in value.items()]
        elif isinstance(value, list):
            todo += [(f"{path}[{position}]", depth + 1, each) for position, each in enumerate(value)]


def _join(path: str, key: str) -> str:
    return f"{path}.{shown_key(key)}" if path else shown_key(key)


def shown_key(key: str) -> str:
    """A key as an error may show it: anything that does not look like a field's name could be a value."""
    return key if _SHOWABLE_KEY.fullmatch(key) else "?"
