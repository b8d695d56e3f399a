"""A whole Relais under test: real processes, asked through its REST API, watched through the world's admin routes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from runtime.settings import Settings
from stack.component import Component
from stack.stack import Stack
from tests.support.stacks import own_settings

PACE = "200000"
"""A legal day in less than half a real second."""

FINAL = frozenset({"completed", "partial", "failed", "cancelled", "rejected"})
HOME = "ALIZE"
MESSAGES = {
    "pi": "port_in.",
    "sr": "sim_replacement.",
    "ls": "line_service.",
    "te": "termination.",
    "st": "settlement.",
    "po": "port_out.",
}
"""What the kinds of an order's messages begin with, by what its id begins with."""

POLL_S = 0.2
CLOCK_AWAY = "clock_unavailable"
RESTART_S = 30.0
PAGE = 1000
ORDERS_A_PAGE = 500


@dataclass(frozen=True)
class Line:
    """One subscriber's line, as its operator knows it at the start."""

    msisdn: str
    operator: str
    range_holder: str
    rio: str
    kind: str
    name: str
    iccid: str
    imsi: str
    contract: str = ""


@dataclass(frozen=True)
class Effect:
    """One entry of the effect log; `real_at` is what windows are measured on, `at` is legal time."""

    n: int
    at: datetime
    real_at: datetime
    party: str
    effect: str
    key: str | None
    msisdn: str | None
    detail: dict[str, Any]

    @property
    def order(self) -> str | None:
        """The order it was done for, where the entry tells."""
        reference = self.detail.get("reference")
        return str(reference) if reference else (self.key.partition(":")[0] if self.key else None)

    @property
    def root(self) -> str | None:
        """The same without the number of the SIM, of which an order may need several."""
        return self.order.partition(":")[0] if self.order else None


@dataclass
class AskedSim:
    """One accepted SIM replacement, as the one who asked for it knows it."""

    line: Line
    reason: str
    accepted_at: datetime
    proven_at: datetime | None  # None: he has not shown who he is yet


@dataclass
class AskedEnd:
    """One accepted termination, as the one who asked for it knows it. `owed`: what was lent or paid in advance, by
    kind, and has to come back.
    """

    line: Line
    accepted_at: datetime
    owed: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedOut:
    """One port out, as the one who asked for the number knows it."""

    line: Line
    dossier: str
    recipient: str


@dataclass
class LivingRelais:
    """A running stack with its clients. Reads wait for a process that is being restarted."""

    stack: Stack
    api: httpx.AsyncClient
    world: httpx.AsyncClient
    ported: dict[str, Line] = field(default_factory=dict)  # order id → line, of every acceptance
    replaced: dict[str, AskedSim] = field(default_factory=dict)  # the same of SIM replacements
    leaving: dict[str, AskedEnd] = field(default_factory=dict)  # the same of terminations
    departing: dict[str, AskedOut] = field(default_factory=dict)  # the same of ports out
    barred: set[str] = field(default_factory=set)  # numbers that a bar or an unbar of its own was asked for
    _unused: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """The operator that the engine works for."""
        return self.stack.settings.home

    # The world.

    async def line(self, operator: str = "CIRUS") -> Line:
        """A plain line that nothing else in this run uses."""
        return (await self.lines(1, operator))[0]

    async def lines(self, count: int, operator: str = "CIRUS") -> list[Line]:
        """Plain lines that nothing else in this run uses."""
        if operator not in self._unused:
            body = await self.look("/admin/subscribers", operator=operator, state="active", limit=100)
            self._unused[operator] = [as_line(item) for item in body["items"]]
        pool = self._unused[operator]
        return [pool.pop() for _ in range(count)]

    async def foreign_line(self, operator: str, range_holder: str) -> Line:
        """An active line that `operator` serves in a range of somebody else."""
        after = 0
        while True:
            body = await self.look("/admin/subscribers", operator=operator, state="active", limit=PAGE, after=after)
            for item in body["items"]:
                if item["range_holder"] == range_holder:
                    return as_line(item)
            after = body["next"]
            assert after is not None, f"{operator} serves no number of {range_holder}"

    async def number(self, msisdn: str) -> dict[str, Any]:
        return await self.look(f"/admin/numbers/{quote(msisdn, safe='')}")

    async def effects(self, after: int = 0) -> list[Effect]:
        """The effect log from entry `after` on."""
        found: list[Effect] = []
        while True:
            body = await self.look("/admin/effects", after=after, limit=PAGE)
            found += [as_effect(item) for item in body["items"]]
            after = body["next"]
            if len(body["items"]) < PAGE:
                return found

    async def messages(self, order_id: str) -> list[dict[str, Any]]:
        """What the customer of an order was sent."""
        body = await self.look(f"/home/{self.home}/notifications/messages", reference=order_id, limit=100)
        return [item for item in body["items"] if item["kind"].startswith(MESSAGES[order_id[:2]])]

    async def behave(self, line: Line, answer: str, code: str | None = None) -> None:
        """How the donor's robot answers for this line."""
        await self.tell(f"/admin/behaviours/{quote(line.msisdn, safe='')}", {"answer": answer, "code": code})

    async def fault(self, party: str, kind: str, **more: Any) -> None:
        await self.tell(f"/admin/faults/{party}", {"kind": kind, **more})

    async def no_faults(self) -> None:
        (await self.world.delete("/admin/faults")).raise_for_status()

    async def look(self, path: str, **query: Any) -> dict[str, Any]:
        return await patient_get(self.world, path, query)

    async def tell(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.world.put(path, json={name: value for name, value in body.items() if value is not None})
        assert answer.is_success, answer.text

    # The engine.

    def request(self, line: Line, **changed: Any) -> dict[str, Any]:
        """A good body for porting this line; `changed` replaces or adds fields."""
        return {
            "msisdn": line.msisdn,
            "rio": line.rio,
            "holder": {"kind": line.kind, "name": line.name},
            "sim": {"form": "physical"},
            "mandate": {"signed_at": "2026-01-05T09:00:00+01:00"},
            **changed,
        }

    async def post(self, path: str, body: Any, *, key: str | None = None) -> httpx.Response:
        """Sent again while the API, or the world with its clock, is being restarted, if that cannot make two of it."""
        headers = {"Idempotency-Key": key} if key else {}
        deadline = time.monotonic() + RESTART_S
        while True:
            try:
                answer = await self.api.post(path, json=body, headers=headers)
                if not key or CLOCK_AWAY not in answer.text or time.monotonic() > deadline:
                    return answer
            except httpx.TransportError as error:
                if time.monotonic() > deadline or not (key or isinstance(error, httpx.ConnectError)):
                    raise
            await asyncio.sleep(POLL_S)

    async def port_in(self, line: Line, **changed: Any) -> str:
        """The id of an accepted order."""
        answer = await self.post("/v1/port-ins", self.request(line, **changed), key=uuid4().hex)
        assert answer.status_code == 202, answer.text
        order_id = str(answer.json()["order_id"])
        self.ported[order_id] = line
        return order_id

    async def port_in_all(self, lines: Iterable[Line], **changed: Any) -> list[str]:
        return [await self.port_in(line, **changed) for line in lines]

    async def port_in_later(self, line: Line, days: int) -> str:
        """The id of an order accepted for about `days` legal days from today: Sundays and holidays are stepped over."""
        for day in range(days, days + 4):
            answer = await self.post("/v1/port-ins", self.request(line, requested_date=f"+{day}d"), key=uuid4().hex)
            if answer.status_code == 202:
                break
        assert answer.status_code == 202, answer.text
        self.ported[answer.json()["order_id"]] = line
        return str(answer.json()["order_id"])

    async def order(self, order_id: str) -> dict[str, Any]:
        return await patient_get(self.api, f"/v1/orders/{order_id}", {})

    async def all_orders(self, **query: str) -> list[dict[str, Any]]:
        """Every order that a listing of these filters has."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = await patient_get(self.api, "/v1/orders", {**query, **after, "limit": str(ORDERS_A_PAGE)})
            found += page["items"]
            if not page["next"]:
                return found
            after = {"after": page["next"]}

    async def ask(self, order_id: str, verb: str, **body: Any) -> httpx.Response:
        """cancel, reschedule, resolve or note, as a person of ours."""
        return await self.post(f"/v1/orders/{order_id}/{verb}", {"by": "Ines", "reason": "asked by phone", **body})

    async def until(self, order_id: str, *wanted: str, within_s: float = 60.0) -> dict[str, Any]:
        """The order once its state or stage is one of `wanted`; fails when it ends or takes longer."""
        deadline = time.monotonic() + within_s
        while True:
            order = await self.order(order_id)
            if order["state"] in wanted or order["stage"] in wanted:
                return order
            assert order["state"] not in FINAL, f"ended {order['state']}: {story(order)}"
            assert time.monotonic() < deadline, f"still {order['state']}/{order['stage']}: {story(order)}"
            await asyncio.sleep(POLL_S)

    async def ended(self, order_ids: Sequence[str], within_s: float = 90.0) -> dict[str, dict[str, Any]]:
        """All of these orders once they have ended."""
        deadline = time.monotonic() + within_s
        done: dict[str, dict[str, Any]] = {}
        while True:
            for order_id in order_ids:
                if order_id not in done:
                    order = await self.order(order_id)
                    if order["state"] in FINAL:
                        done[order_id] = order
            if len(done) == len(order_ids):
                return done
            left = [order_id for order_id in order_ids if order_id not in done]
            if time.monotonic() > deadline:
                raise AssertionError("\n".join([f"{len(left)} not ended", story(await self.order(left[0]))]))
            await asyncio.sleep(POLL_S)

    async def states(self, order_ids: Sequence[str], within_s: float = 90.0) -> list[str]:
        """How these orders have ended, in the order given."""
        done = await self.ended(order_ids, within_s)
        return [done[order_id]["state"] for order_id in order_ids]


def as_line(item: dict[str, Any]) -> Line:
    holder = item["holder"]
    names = ("msisdn", "operator", "range_holder", "rio", "iccid", "imsi")
    named = {name: item[name] for name in names}
    return Line(kind=holder["kind"], name=holder["name"], contract=item["contract"]["id"], **named)


def as_effect(item: dict[str, Any]) -> Effect:
    at, real_at = datetime.fromisoformat(item["at"]), datetime.fromisoformat(item["real_at"])
    return Effect(item["n"], at, real_at, *(item[name] for name in ("party", "effect", "key", "msisdn", "detail")))


def story(order: dict[str, Any]) -> str:
    """An order's timeline, for the one who reads a failed test."""
    lines = [f"  {line['at']} {line['what']} ({line['by']}) {line['reason']}" for line in order["timeline"]]
    return "\n".join([f"{order['order_id']} {order['state']}/{order['stage']} {order['attention']}", *lines])


async def patient_get(client: httpx.AsyncClient, path: str, query: dict[str, Any]) -> dict[str, Any]:
    """A read that outlives the restart of the process it asks."""
    deadline = time.monotonic() + RESTART_S
    while True:
        try:
            answer = await client.get(path, params=query)
        except httpx.TransportError:
            assert time.monotonic() < deadline, f"nobody answers at {client.base_url}"
            await asyncio.sleep(POLL_S)
            continue
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@asynccontextmanager
async def living_relais(
    state_dir: Path,
    *,
    components: Sequence[str] | None = None,
    extra: Sequence[Callable[[Settings], Component]] = (),
    pace: str = PACE,
    env: Mapping[str, str] | None = None,
    **settings: Any,
) -> AsyncIterator[LivingRelais]:
    """A stack in a state folder of its own, on free ports, with a fast new world or in the one `settings` name."""
    chosen = own_settings(state_dir, temporal_synchronous="normal", **settings)
    stack = Stack(
        chosen, components=components, extra=[make(chosen) for make in extra], env={"RELAIS_PACE": pace, **(env or {})}
    )
    async with stack:
        authorised = {"Authorization": f"Bearer {stack.api_key}"}
        async with (
            httpx.AsyncClient(base_url=stack.api_url, headers=authorised, trust_env=False, timeout=30) as api,
            httpx.AsyncClient(base_url=stack.simulator_url, trust_env=False, timeout=30) as world,
        ):
            yield LivingRelais(stack, api, world)
