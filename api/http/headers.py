"""Headers that routes read."""

import re

from fastapi import Request

from api.http.json_body import shown_key
from api.http.problems import FieldError, Problem, refused_fields

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
    """Refuses query parameters that do not exist or come twice: a misspelt or contradicted dry_run must not become an
    order.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    allowed = f"is not a parameter that exists here; known: {', '.join(known) or 'none'}"
    wrong = [FieldError(shown_key(name), "parameter_invalid", allowed) for name in sorted(set(given) - set(known))]
    wrong += [FieldError(name, "parameter_invalid", "comes twice") for name in known if given.count(name) > 1]
    if wrong:
        raise refused_fields(wrong)
