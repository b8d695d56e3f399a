"""What a party tells us carries its signature: HMAC-SHA256 of `<timestamp>.<body>` under the secret that we registered
with it (docs/home-systems.md).
"""

import hashlib
import hmac
import re
import time

from fastapi import Request

from api.http.json_body import read_bytes
from api.http.problems import Problem

TIMESTAMP, SIGNATURE = "X-Timestamp", "X-Signature"
TOLERANCE_S = 300
"""So far a party's clock may be from ours (real time); what is older is somebody's copy."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_PREFIX = "sha256="


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of `X-Signature`."""
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"{_PREFIX}{digest}"


async def signed_body(request: Request, secret: bytes) -> bytes:
    """The body of a request that a party has signed just now; raises the `Problem` `signature_invalid`."""
    body = await read_bytes(request)
    timestamp = request.headers.get(TIMESTAMP, "")
    given = request.headers.get(SIGNATURE, "")
    fresh = _SECONDS.fullmatch(timestamp) and abs(time.time() - int(timestamp)) <= TOLERANCE_S
    right = hmac.compare_digest(given.encode("utf-8", "replace"), signature(secret, timestamp, body).encode())
    if not (fresh and right):
        raise Problem("signature_invalid", "the callback carries no signature of a party of ours, or an old one")
    return body
