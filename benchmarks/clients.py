"""Where orders are asked for: our own REST API, or another operator's side of the clearing house."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import httpx

from benchmarks.load import SENDERS
from benchmarks.orders import Ended, JournalLook
from stack.stack import Stack

TIMEOUT_S = 30.0

Body = Mapping[str, Any]
"""What is asked for, once."""


class RequestRefused(Exception):
    """An order that should be good was not taken."""


class OrderClient(Protocol):
    """Asks for orders, and knows afterwards which they are."""

    async def submit(self, body: Body) -> None:
        """Ask for one. Raises `RequestRefused`."""

    async def orders(self, journal: JournalLook) -> set[str]:
        """The ids of all that were asked for here and have ended."""

    def parts(self, ended: Ended) -> dict[str, float]:
        """What else was measured, by its name with the unit."""


OpenClient = Callable[[Stack], AbstractAsyncContextManager[OrderClient]]
"""A client of its own for each load."""


def over_rest(path: str) -> OpenClient:
    """Each body is good for one POST to `path`."""

    @asynccontextmanager
    async def opened(stack: Stack) -> AsyncIterator[OrderClient]:
        headers = {"Authorization": f"Bearer {stack.api_key}"}
        limits = httpx.Limits(max_connections=SENDERS, max_keepalive_connections=SENDERS)
        async with httpx.AsyncClient(
            base_url=stack.api_url, headers=headers, trust_env=False, timeout=TIMEOUT_S, limits=limits
        ) as http:
            yield RestClient(http, path)

    return opened


class RestClient:
    """A client of our API."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self._http = http
        self._path = path
        self._accepted: set[str] = set()

    async def submit(self, body: Body) -> None:
        answer = await self._http.post(self._path, json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        if answer.status_code != httpx.codes.ACCEPTED:
            raise RequestRefused(f"{self._path} answered {answer.status_code}: {answer.text}")
        self._accepted.add(answer.json()["order_id"])

    async def orders(self, _: JournalLook) -> set[str]:
        return self._accepted

    def parts(self, _: Ended) -> dict[str, float]:
        return {}
