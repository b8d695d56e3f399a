"""What a party's HTTP answer says: its body within bounds, its refusal, and when to come back."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

MAX_BODY = 256 * 1024
"""Bytes of an answer that we are ready to read."""

MAX_RETRY_AFTER = 3600.0
"""Seconds; a party that names a later time is asked again after an hour all the same."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HttpRefusal:
    """What a 4xx answer says: our stable code for it, the party's own, and the rest of its body."""

    code: str
    raw: str | None = None
    message: str = "refused"
    details: Json = field(default_factory=dict)


ReadRefusal = Callable[[int, Json], HttpRefusal | None]


class UnusableAnswer(Exception):
    """The answer cannot be used; its text says why, without the answer."""


def code_and_message(_status: int, body: Json) -> HttpRefusal | None:
    """The refusal in `{"code": "...", "message": "..."}`, the form of the home systems; None when there is no code."""
    code = body.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return None
    details = {name: value for name, value in body.items() if name not in ("code", "message")}
    return HttpRefusal(code=code, raw=code, message=f"refused, {code}", details=details)


async def read_body(response: httpx.Response) -> bytes:
    """The body as sent. Raises `UnusableAnswer` as soon as it exceeds `MAX_BODY`."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_BODY:
            raise UnusableAnswer("answer too large")
        parts.append(part)
    return b"".join(parts)


def decode(body: bytes) -> Json:
    """The JSON object in a body; an empty body is an empty object. Raises `UnusableAnswer`."""
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise UnusableAnswer("answer is not JSON") from None
    if not isinstance(value, dict):
        raise UnusableAnswer("answer is not a JSON object")
    return value


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date); None when absent or
    unreadable.
    """
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return min(float(value), MAX_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
