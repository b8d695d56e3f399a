"""One HTTP exchange with a party, and the one place where its answers and failures become `parties.errors`.

Reads and writes differ in one thing: trouble after the request has left is `PartyUnavailable` for a read and
`OutcomeUnknown` for a write.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from parties.http_answers import Json, ReadRefusal, UnusableAnswer, code_and_message, decode, read_body, retry_after
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

KEEPALIVE_SECONDS = 4.0
"""Shorter than the five seconds after which common servers close an idle connection, so that we seldom write into a
closing one.
"""


@dataclass(slots=True)
class _Progress:
    """Whether a byte of the request may have left: httpcore tells it before it writes the request line."""

    left: bool = False

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.left = True


def make_http_client(*, max_connections: int = 100, keepalive: int = 40) -> httpx.AsyncClient:
    """A client for HTTP parties. It ignores proxy variables and .netrc (which would replace our signature)
    and follows no redirect (the path is signed). The caller closes it.

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
                    body = await read_body(response)
                finally:
                    await response.aclose()
        except (httpx.TransportError, TimeoutError, UnusableAnswer) as error:
            raise self._trouble(call, error, left=progress.left, writes=writes) from None
        if not response.is_success:
            raise self._trouble_by_status(call, response, body)
        try:
            return decode(body)
        except UnusableAnswer as error:
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
                    raise self._trouble_by_status(call, response, await read_body(response))
                yield response
            finally:
                await response.aclose()
        except (httpx.TransportError, UnusableAnswer) as error:
            raise self._trouble(call, error, left=progress.left, writes=False) from None

    def _trouble(self, call: str, error: Exception, *, left: bool, writes: bool) -> PartyError:
        text = str(error) if isinstance(error, UnusableAnswer) else _KINDS.get(type(error), "connection lost")
        if not left:
            return NotConnected(self.party, call, f"no connection ({text})")
        if writes:
            return OutcomeUnknown(self.party, call, f"sent, but no usable answer ({text})")
        if isinstance(error, UnusableAnswer):
            return PartyFailed(self.party, call, text)
        return PartyUnavailable(self.party, call, text)

    def _trouble_by_status(self, call: str, response: httpx.Response, body: bytes) -> PartyError:
        status = response.status_code
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None):
            return Throttled(self.party, call, f"asked to slow down (HTTP {status})", retry_after=wait)
        if 400 <= status < 500:
            try:
                decoded = decode(body)
            except UnusableAnswer:
                decoded = {}
            refusal = self.read_refusal(status, decoded)
            if refusal is not None:
                return PartyRefused(
                    self.party,
                    call,
                    code=refusal.code,
                    message=refusal.message,
                    raw=refusal.raw,
                    status=status,
                    details=refusal.details,
                )
        # A 4xx without a code comes from something in between or from a wrong address: nothing that may end an order.
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
