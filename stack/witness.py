"""The simulator's admin routes, read from outside as any observer could: lines, numbers, the effect log."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

TIMEOUT_S = 30.0
NO_ROBOT = "FJORD"
"""Is for outside clients: its desk is always empty."""

PAGE = 1000


@dataclass(frozen=True)
class Subscription:
    """One subscriber's line as its operator's shop would see it."""

    msisdn: str
    rio: str
    holder_kind: str
    holder_name: str


class Witness:
    """A reader of one simulated world; an async context manager. Raises httpx.HTTPError when the world does not
    answer."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=TIMEOUT_S)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def plain_lines(self, operator: str, count: int) -> list[Subscription]:
        """The last `count` active lines of an operator in its own range, the very last first."""
        query = {"operator": operator, "state": "active"}
        found: list[Subscription] = []
        async for item in self._items("/admin/subscribers", query):
            if item["range_holder"] == operator:
                holder = item["holder"]
                found = [
                    *found[-count + 1 :],
                    Subscription(item["msisdn"], item["rio"], holder["kind"], holder["name"]),
                ]
        return found[::-1]

    async def engines(self, *, besides: str) -> list[str]:
        """The operators, but one, whose robots are off: that an engine works for, or has."""
        codes = [item["code"] for item in (await self._read("/admin/operators", {}))["items"]]
        desks = [await self._read(f"/admin/robots/{code}", {}) for code in codes if code not in (besides, NO_ROBOT)]
        return [desk["operator"] for desk in desks if not desk["enabled"]]

    async def number(self, msisdn: str) -> dict[str, Any]:
        """Who serves a number: `reference`, `routing`, `hlr`."""
        return await self._read(f"/admin/numbers/{quote(msisdn, safe='')}", {})

    async def effects(self, msisdn: str, *, after: int = 0) -> list[dict[str, Any]]:
        """The effects on one number since entry `after` of the log, oldest first."""
        return [item async for item in self._items("/admin/effects", {}, after=after) if item.get("msisdn") == msisdn]

    async def last_effect(self) -> int:
        """The number of the log's last entry; 0: it is empty."""
        last = 0
        async for item in self._items("/admin/effects", {}):
            last = item["n"]
        return last

    async def _items(self, path: str, query: dict[str, Any], *, after: Any = None) -> AsyncIterator[dict[str, Any]]:
        while True:
            page = await self._read(path, {**query, "limit": PAGE} | ({"after": after} if after else {}))
            for item in page["items"]:
                yield item
            after = page.get("next")
            if not page["items"] or not after:
                return

    async def _read(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        answer = (await self._http.get(path, params=query)).raise_for_status()
        body: dict[str, Any] = answer.json()
        return body
