"""Headers that routes read."""

import re

from fastapi import Request

from api.problems import FieldError, Problem, refused_fields

IDEMPOTENCY_KEY = "Idempotency-Key"
_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")


def idempotency_key(request: Request) -> str:
    """The client's key for this request; raises `Problem` when there is none or it cannot be one."""
    keys = request.headers.getlist(IDEMPOTENCY_KEY)
    if not keys:
        raise Problem("idempotency_key_missing", f"send a header {IDEMPOTENCY_KEY}, new for each new order")
    if len(keys) > 1 or not _VISIBLE_ASCII.fullmatch(keys[0]):
        raise Problem("idempotency_key_invalid", f"{IDEMPOTENCY_KEY} is 1 to 255 visible ASCII characters, sent once")
    return keys[0]


def only_parameters(request: Request, *known: str) -> None:
    """Refuses query parameters that do not exist: a misspelt dry_run must not become an order."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        allowed = ", ".join(known) or "none"
        raise refused_fields(
            [FieldError("query", "parameter_invalid", f"a parameter is unknown; known here: {allowed}")]
        )
