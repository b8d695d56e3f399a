"""HTTP to the REST API: one key per creation, retries that cannot double anything, problem documents as errors."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
import httpx_sse
import tenacity

from cli.access import Access
from cli.errors import ApiRefused, ApiUnreachable

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
STREAM_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
"""A stream that is silent for longer than its heartbeats is dead."""

ATTEMPTS = 4
LONGEST_WAIT_S = 2.0
TROUBLE = frozenset({429, 502, 503, 504})
MAY_BE_RECORDED = " Whether it was recorded is unknown: look with `show` before you repeat it."
MAY_BE_READ = " Whether it counts as read now is unknown: ask again, the answer says so."
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Json = dict[str, Any]


class Api:
    """A client of the REST API; a context manager.

    Every call raises:
        ApiUnreachable: nothing answers, after a few attempts.
        ApiRefused: any answer but a success.
    """

    def __init__(self, access: Access, *, transport: httpx.BaseTransport | None = None, wait_s: float = 0.3) -> None:
        self._url = access.url
        self._wait_s = wait_s
        self._http = httpx.Client(
            base_url=access.url,
            headers={"Authorization": f"Bearer {access.key}", "Accept": "application/json"},
            timeout=TIMEOUT,
            transport=transport,
            trust_env=urlsplit(access.url).hostname not in LOOPBACK,  # a proxy cannot reach this machine's own ports
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        """GET; parameters that are None are left out."""
        known = {name: value for name, value in (query or {}).items() if value is not None}
        return self._send("GET", path, params=known)

    def create(self, path: str, body: Json, *, key: str, dry_run: bool = False) -> Json:
        """POST with an idempotency key, so that a repeated attempt gives the first one's answer."""
        params = {"dry_run": "true"} if dry_run else {}
        return self._send("POST", path, json=body, params=params, headers={"Idempotency-Key": key})

    def change(self, path: str, body: Json) -> Json:
        """POST that changes an order. Repeated only when the first attempt cannot have arrived."""
        return self._send("POST", path, json=body, repeatable=False)

    def take(self, path: str) -> Json:
        """GET of what can be read only once. Repeated only when the first attempt cannot have arrived."""
        return self._send("GET", path, repeatable=False, lost=MAY_BE_READ)

    def events(self, order_id: str) -> Iterator[str]:
        """The live stream of one order: "open" once it is open, then the type of each event as it happens. Ends when
        the server ends it.

        Raises:
            httpx.TransportError: the stream broke.
            ApiRefused: there is no such stream.
        """
        path = f"/v1/orders/{quote(order_id, safe='')}/events"
        with httpx_sse.connect_sse(self._http, "GET", path, timeout=STREAM_TIMEOUT) as source:
            if source.response.status_code != httpx.codes.OK:
                source.response.read()
                raise ApiRefused(source.response.status_code, _problem(source.response))
            yield "open"
            for event in source.iter_sse():
                yield event.event

    def _send(
        self, method: str, path: str, *, repeatable: bool = True, lost: str = MAY_BE_RECORDED, **request: Any
    ) -> Json:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_exponential_jitter(multiplier=self._wait_s, max=LONGEST_WAIT_S, jitter=self._wait_s),
            retry=tenacity.retry_if_exception(lambda error: _worth_another_try(error, repeatable)),
            reraise=True,
        )
        try:
            return retrying(self._once, method, path, **request)
        except httpx.ConnectError:
            raise ApiUnreachable(
                f"Nothing answers at {self._url}. Start Relais with `make run`, or say where it is with RELAIS_API_URL."
            ) from None
        except httpx.TransportError as trouble:
            outcome = "" if repeatable else lost
            raise ApiUnreachable(
                f"The API at {self._url} did not answer ({type(trouble).__name__}).{outcome}"
            ) from None

    def _once(self, method: str, path: str, **request: Any) -> Json:
        response = self._http.request(method, path, **request)
        if not response.is_success:
            raise ApiRefused(response.status_code, _problem(response))
        body: Json = response.json()
        return body


def _worth_another_try(error: BaseException, repeatable: bool) -> bool:
    if isinstance(error, httpx.ConnectError):
        return True
    if isinstance(error, ApiRefused):
        return repeatable and error.status in TROUBLE
    return repeatable and isinstance(error, httpx.TransportError)


def _problem(response: httpx.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"title": f"The API answered {response.status_code} and gave no reason."}
