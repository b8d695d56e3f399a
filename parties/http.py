"""One HTTP exchange with a party, and the one place where its answers and failures become `parties.errors`.

Reads and writes differ in one thing: trouble after the request has left is `PartyUnavailable` for a read and
`OutcomeUnknown` for a write.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from parties.errors import (
    NotConnected,
    OutcomeUnknown,
    PartyError,
    PartyFailed,
    PartyRefused,
    PartyUnavailable,
    Throttled,
)
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

MAX_BODY = 256 * 1024
"""Bytes of an answer that we are ready to read."""

MAX_RETRY_AFTER = 3600.0
"""Seconds; a party that names a later time is asked again after an hour all the same."""

KEEPALIVE_SECONDS = 4.0
"""Shorter than the five seconds after which common servers close an idle connection, so that we seldom write into a
closing one.
"""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a 4xx answer says: our stable code for it, and the party's own."""

    code: str
    raw: str | None = None
    message: str = "refused"


ReadRefusal = Callable[[int, Json], Refusal | None]


@dataclass(slots=True)
class _Progress:
    """Whether a byte of the request may have left: httpcore tells it before it writes the request line."""

    left: bool = False

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.left = True


class _Unusable(Exception):
    """The answer cannot be used; its text says why, without the answer."""


def make_http_client(*, max_connections: int = 100, keepalive: int = 40) -> httpx.AsyncClient:
    """The client that all HTTP parties share. It ignores proxy variables and .netrc (which would replace our
    signature) and follows no redirect (the path is signed). The caller closes it.

    httpx and httpcore log every URL, and ours contain numbers: both are silenced below WARNING.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(
            max_connections=max_connections, max_keepalive_connections=keepalive, keepalive_expiry=KEEPALIVE_SECONDS
        ),
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "relais"},
    )


def code_and_message(_status: int, body: Json) -> Refusal | None:
    """The refusal in `{"code": "...", "message": "..."}`, the form of the home systems; None when there is no code."""
    code = body.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return None
    return Refusal(code=code, raw=code, message=f"refused, {code}")


@dataclass(frozen=True, slots=True)
class HttpParty:
    """A party behind a base URL (without a trailing slash). `read_refusal` finds the code in a 4xx answer of this
    party.
    """

    http: httpx.AsyncClient
    party: str
    base_url: str
    timeouts: Timeouts = DEFAULT_TIMEOUTS
    read_refusal: ReadRefusal = code_and_message
    _httpx_timeout: httpx.Timeout = field(init=False, repr=False)

    def __post_init__(self) -> None:
        limits = self.timeouts
        timeout = httpx.Timeout(connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool)
        object.__setattr__(self, "_httpx_timeout", timeout)

    async def read(
        self, call: str, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        """GET a JSON object. Any trouble is `PartyUnavailable`; 4xx with a code is `PartyRefused`."""
        return await self._exchange("GET", call, path, params=params, headers=headers, writes=False)

    async def write(self, call: str, path: str, body: Mapping[str, Any], *, key: str, method: str = "POST") -> Json:
        """Send a JSON object under an idempotency key and return the JSON object that answers it."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        return await self.send(method, call, path, content, headers=headers)

    async def send(
        self, method: str, call: str, path: str, content: bytes, *, headers: Mapping[str, str], repeatable: bool = False
    ) -> Json:
        """Send bytes as they are (a signature may cover them). `repeatable`: harmless when done twice, so lost
        answers are no mystery.
        """
        return await self._exchange(method, call, path, content=content, headers=headers, writes=not repeatable)

    async def _exchange(
        self,
        method: str,
        call: str,
        path: str,
        *,
        writes: bool,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        progress = _Progress()
        request = self.http.build_request(
            method,
            self.base_url + path,
            params=params,
            content=content,
            headers=headers,
            timeout=self._httpx_timeout,
            extensions={"trace": progress.trace},
        )
        try:
            async with asyncio.timeout(self.timeouts.total):
                response = await self.http.send(request, stream=True)
                try:
                    body = await _read_body(response)
                finally:
                    await response.aclose()
        except (httpx.TransportError, TimeoutError, _Unusable) as error:
            raise self._trouble(call, error, left=progress.left, writes=writes) from None
        if not response.is_success:
            raise self._trouble_by_status(call, response, body)
        try:
            return _decode(body)
        except _Unusable as error:
            raise self._trouble(call, error, left=True, writes=writes) from None

    @asynccontextmanager
    async def stream(
        self, call: str, path: str, *, headers: Mapping[str, str], silence: float
    ) -> AsyncIterator[httpx.Response]:
        """GET an endless answer and hand it over once its status is good. Every trouble, also while the body is read
        and after `silence` seconds without a byte, is `PartyUnavailable`.
        """
        progress = _Progress()
        limits = self.timeouts
        timeout = httpx.Timeout(connect=limits.connect, read=silence, write=limits.write, pool=limits.pool)
        request = self.http.build_request(
            "GET", self.base_url + path, headers=headers, timeout=timeout, extensions={"trace": progress.trace}
        )
        try:
            response = await self.http.send(request, stream=True)
            try:
                if not response.is_success:
                    raise self._trouble_by_status(call, response, await _read_body(response))
                yield response
            finally:
                await response.aclose()
        except (httpx.TransportError, _Unusable) as error:
            raise self._trouble(call, error, left=progress.left, writes=False) from None

    def _trouble(self, call: str, error: Exception, *, left: bool, writes: bool) -> PartyError:
        text = str(error) if isinstance(error, _Unusable) else _KINDS.get(type(error), "connection lost")
        if not left:
            return NotConnected(self.party, call, f"no connection ({text})")
        if writes:
            return OutcomeUnknown(self.party, call, f"sent, but no usable answer ({text})")
        if isinstance(error, _Unusable):
            return PartyFailed(self.party, call, text)
        return PartyUnavailable(self.party, call, text)

    def _trouble_by_status(self, call: str, response: httpx.Response, body: bytes) -> PartyError:
        status = response.status_code
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None):
            return Throttled(self.party, call, f"asked to slow down (HTTP {status})", retry_after=wait)
        if 400 <= status < 500:
            try:
                decoded = _decode(body)
            except _Unusable:
                decoded = {}
            refusal = self.read_refusal(status, decoded)
            if refusal is not None:
                return PartyRefused(
                    self.party, call, code=refusal.code, message=refusal.message, raw=refusal.raw, status=status
                )
        # A 4xx without a code comes from something in between or from a wrong address: no refusal that could end an order.
        return PartyFailed(self.party, call, f"HTTP {status}", retry_after=wait)


_KINDS: dict[type[Exception], str] = {
    httpx.ConnectError: "refused or unreachable",
    httpx.ConnectTimeout: "connect timeout",
    httpx.PoolTimeout: "no free connection",
    httpx.ReadTimeout: "answer timeout",
    httpx.WriteTimeout: "send timeout",
    httpx.RemoteProtocolError: "closed or malformed HTTP",
    TimeoutError: "took too long",
}


async def _read_body(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_BODY:
            raise _Unusable("answer too large")
        parts.append(part)
    return b"".join(parts)


def _decode(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise _Unusable("answer is not JSON") from None
    if not isinstance(value, dict):
        raise _Unusable("answer is not a JSON object")
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
