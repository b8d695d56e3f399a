"""The HMAC signature over a request: `Authorization: hmac username=…, algorithm=…, headers=…, signature=…`.

The signed string has one line per name in `headers`, in the sender's order: `name: value`, or the bare request line.
The request line may be signed with the raw query string or without it. Time here is the real clock's.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_SKEW = timedelta(seconds=300)
REQUIRED = frozenset({"digest", "x-date", "request-line"})
_PARAMETER = re.compile(r'\s*([a-z]+)="([^"]*)"\s*')


class BadSignature(Exception):
    """The request is not signed as it must be; the text says which check failed and repeats nothing that was sent."""


@dataclass(frozen=True)
class Authorization:
    """The parsed header; `headers` keeps the sender's order."""

    username: str
    headers: tuple[str, ...]
    signature: bytes


@dataclass(frozen=True)
class SignedRequest:
    """The bytes that a signature covers. `raw_path` and `query` are still percent-encoded."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def parse(header: str | None) -> Authorization:
    """The fields of an Authorization header; raises BadSignature."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() != "hmac":
        raise BadSignature("the Authorization header is missing or not of the scheme hmac")
    fields: dict[str, str] = {}
    for part in rest.strip().split(","):
        match = _PARAMETER.fullmatch(part)
        if match is None or match[1] in fields:
            raise BadSignature("the Authorization header cannot be read")
        fields[match[1]] = match[2]
    if fields.get("algorithm") != "hmac-sha256":
        raise BadSignature("the algorithm must be hmac-sha256")
    names = tuple(fields.get("headers", "").lower().split())
    if not REQUIRED.issubset(names):
        raise BadSignature("the signed headers must include digest, x-date and request-line")
    try:
        signature = base64.b64decode(fields.get("signature", ""), validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("the signature is not base64") from None
    return Authorization(fields.get("username", ""), names, signature)


def verify(authorization: Authorization, request: SignedRequest, secret: bytes, now: datetime) -> None:
    """Raise BadSignature unless date, digest and signature all fit; `now` is the real instant, aware."""
    _check_date(request.headers.get("x-date", ""), now)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    if not hmac.compare_digest(digest.encode(), request.headers.get("digest", "").encode()):
        raise BadSignature("the digest is not that of the body")
    targets = {request.raw_path, f"{request.raw_path}?{request.query}"} if request.query else {request.raw_path}
    for target in sorted(targets):
        expected = hmac.new(secret, _signed_string(authorization, request, target), hashlib.sha256).digest()
        if hmac.compare_digest(expected, authorization.signature):
            return
    raise BadSignature("Invalid Hmac")


def _signed_string(authorization: Authorization, request: SignedRequest, target: str) -> bytes:
    lines = []
    for name in authorization.headers:
        if name == "request-line":
            lines.append(f"{request.method.upper()} {target} HTTP/1.1")
        else:
            lines.append(f"{name}: {request.headers.get(name, '')}")
    return "\n".join(lines).encode()


def _check_date(text: str, now: datetime) -> None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        raise BadSignature("the x-date cannot be read") from None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    if abs(now - date) > MAX_SKEW:
        raise BadSignature("the x-date is more than 300 seconds away")
