"""The API in this process, with a journal of its own and stand-ins for Temporal, the clock and the clearing house."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.context import Context
from api.home_systems import HomeSystems
from api.orders.event_feed import Feed
from domain.clock import LegalClock
from domain.contracts import Account
from domain.model import Model
from domain.orders import Order, OrderKind, OrderStatus
from domain.updates import Recorded
from journal import Journal
from parties.care import Line
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.equipment import Handset
from parties.errors import PartyUnavailable
from parties.logistics import StockedSim
from rules.france.regime import FRANCE
from rules.france.rio import Rio
from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing
from runtime.relay.gateway import NotRunning, TemporalUnavailable
from runtime.relay.relay import Relay
from runtime.settings import Settings
from tests.support.journal_kit import JOURNAL_URL, open_journal

KEY = "the-api-key"
CALLBACK_SECRET = "the-callback-secret"
NOW = datetime(2026, 5, 13, 8, 0, tzinfo=UTC)  # a Wednesday, the eve of Ascension Day
MSISDN = "+33639980001"
RING = KeyRing(active="k1", keys={"k1": b"1" * 32}, index_key=b"i" * 32)


@dataclass
class FakeClock:
    """A legal clock that stands still, or is away."""

    now: datetime = NOW
    away: bool = False

    async def read(self) -> LegalClock:
        if self.away:
            raise PartyUnavailable("clock", "read", "refused or unreachable")
        # A pace of almost nothing: legal time stands still while real time passes.
        return LegalClock(legal=self.now, real=datetime.now(UTC), pace=1e-9, world="test")


@dataclass
class FakeTemporal:
    """Remembers what was started and asked; answers as it is told."""

    away: bool = False
    started: dict[str, Order] = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)
    wakes: list[str] = field(default_factory=list)
    updates: list[tuple[str, str, Model, str]] = field(default_factory=list)
    answers: list[Recorded | Exception] = field(default_factory=list)  # before `answer`
    answer: Recorded | Exception = field(default_factory=lambda: Recorded(state="pending", message="noted"))

    async def start(self, kind: OrderKind, order: Order, status: OrderStatus) -> None:
        if self.away:
            raise TemporalUnavailable("away")
        self.starts.append(order.order_id)
        self.started.setdefault(order.order_id, order)

    async def wake(self, order_id: str) -> None:
        if self.away:
            raise TemporalUnavailable("away")
        if order_id not in self.started:
            raise NotRunning
        self.wakes.append(order_id)

    async def update(self, order_id: str, name: str, request: Model, update_id: str) -> Recorded:
        if self.away:
            raise TemporalUnavailable("away")
        self.updates.append((order_id, name, request, update_id))
        answer = self.answers.pop(0) if self.answers else self.answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def reachable(self) -> bool:
        return not self.away


@dataclass
class FakeRegistry:
    """A reference database in which one operator serves everything, or nobody anything, or which is away."""

    away: bool = False
    operator: str | None = "CIRUS"
    changed_at: datetime | None = None
    dossiers: dict[str, RegistryDossier] = field(default_factory=dict)

    async def number(self, msisdn: str) -> RegistryNumber | None:
        if self.away:
            raise PartyUnavailable("clearing_house", "number", "refused or unreachable")
        if self.operator is None:
            return None
        return RegistryNumber(
            number=msisdn,
            operator=self.operator,
            range_holder="BOREA",
            network_operator=self.operator,
            changed_at=self.changed_at,
        )

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        if self.away:
            raise PartyUnavailable("clearing_house", "dossier", "refused or unreachable")
        return self.dossiers.get(dossier_id)


@dataclass
class FakeHome:
    """Customer care, billing, logistics, equipment register: they know only what a test tells them; or are away, or
    hang.
    """

    away: bool = False
    hangs: bool = False
    lines: dict[str, Line] = field(default_factory=lambda: {MSISDN: our_line()})
    accounts: dict[str, Account] = field(default_factory=dict)
    billing_away: bool = False
    cards: dict[str, StockedSim] = field(default_factory=dict)
    no_esim: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    async def line(self, msisdn: str) -> Line | None:
        await self._reached("care", "line")
        return self.lines.get(msisdn)

    async def account(self, contract_id: str) -> Account | None:
        await self._reached("care", "account")
        if self.billing_away:
            raise PartyUnavailable("care", "account", "refused or unreachable")
        return self.accounts.get(contract_id)

    async def card(self, iccid: str) -> StockedSim | None:
        await self._reached("logistics", "card")
        return self.cards.get(iccid)

    async def handset(self, imei: str) -> Handset:
        await self._reached("equipment", "handset")
        return Handset(imei=imei, esim=imei not in self.no_esim, blocked=imei in self.blocked)

    async def _reached(self, party: str, call: str) -> None:
        if self.hangs:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.Event().wait()
        if self.away:
            raise PartyUnavailable(party, call, "refused or unreachable")


@cache
def _empty_journal() -> bytes:
    """The file of a journal without orders: a copy of it is a tenth of the work of making its tables."""
    with TemporaryDirectory() as folder:
        open_journal(Path(folder)).close()
        return (Path(folder) / "journal.sqlite").read_bytes()


def _journal_in(folder: Path) -> Journal:
    file = folder / "journal.sqlite"
    if not file.exists() and not (folder / JOURNAL_URL).exists():
        file.write_bytes(_empty_journal())
    return open_journal(folder)


class Api:
    """The application and what surrounds it; an asynchronous context manager. The application itself is built once per
    process. All that its routes work with is new in each instance, so one instance is open at a time.
    """

    _app: FastAPI | None = None

    def __init__(self, folder: Path, *, patience_s: float = 1.5) -> None:
        self.journal: Journal = _journal_in(folder)
        self.clock = FakeClock()
        self.temporal = FakeTemporal()
        self.registry = FakeRegistry()
        self.home = FakeHome()
        settings = Settings(state_dir=folder, home="ALIZE", ui_port=8233, max_starts_per_second=10_000)
        home_systems = HomeSystems(self.home, self.home, self.home, self.home, patience_s, patience_s / 2)
        if Api._app is None:
            Api._app = create_app(
                settings,
                self.journal,
                self.clock,
                self.temporal,
                self.registry,
                home_systems,
                regime=FRANCE,
                api_key=KEY,
                callback_secret=CALLBACK_SECRET,
                codec=EncryptionCodec(RING),
            )
        self.app = Api._app
        self.context: Context = replace(
            self.app.state.context,
            settings=settings,
            journal=self.journal,
            clock=self.clock,
            temporal=self.temporal,
            registry=self.registry,
            home_systems=home_systems,
            feed=Feed(self.journal),
            relay=Relay(self.journal, self.temporal, settings.max_starts_per_second),
        )
        self.app.state.context = self.context
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(
            transport=transport, base_url="http://api", headers={"Authorization": f"Bearer {KEY}"}
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        self.journal.close()
        assert self.app.state.context is self.context, "another instance was opened before this one was closed"

    async def post_port_in(self, body: Any = None, key: str | None = "key-1", **query: str) -> httpx.Response:
        headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
        content = json.dumps(body or port_in())
        return await self.client.post("/v1/port-ins", content=content, headers=headers, params=query)

    async def post(self, path: str, body: Any, key: str | None = "key-1", **query: str) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(path, json=body, headers=headers, params=query)

    async def post_replacement(self, body: Any = None, key: str | None = "key-1", **query: str) -> httpx.Response:
        return await self.post("/v1/sim-replacements", body or replacement(), key, **query)

    async def replacing(self, key: str = "key-1", **changed: Any) -> str:
        """The id of a SIM replacement that was just accepted."""
        answer = await self.post_replacement(replacement(**changed), key)
        assert answer.status_code == 202, answer.text
        order_id: str = answer.json()["order_id"]
        return order_id

    async def post_termination(self, body: Any = None, key: str | None = "key-1", **query: str) -> httpx.Response:
        return await self.post("/v1/terminations", body or termination(), key, **query)

    async def accepted(self, key: str = "key-1", **changed: Any) -> str:
        """The id of an order that was just accepted."""
        answer = await self.post_port_in(port_in(**changed), key)
        assert answer.status_code == 202, answer.text
        order_id: str = answer.json()["order_id"]
        return order_id


def our_line(msisdn: str = MSISDN, **changed: Any) -> Line:
    """A line of ours, active, whose holder has an e-mail address."""
    values = {
        "msisdn": msisdn,
        "state": "active",
        "holder": {"kind": "consumer", "name": "Camille Martin"},
        "iccid": "8933010000000000002",
        "imsi": "208010000000001",
        "rio": rio_of(msisdn, "A1"),
        "contract": {"id": "CT-1", "signed_on": "2024-01-15", "monthly_price": "14.99"},
        "contact": {"email": "camille@example.org"},
        **changed,
    }
    return Line.model_validate(values)


def replacement(**changed: Any) -> dict[str, Any]:
    """A body that is accepted; a change to None leaves the field out."""
    body = {
        "msisdn": MSISDN,
        "reason": "lost",
        "form": "physical",
        "authentication": {"method": "portal"},
        **changed,
    }
    return {name: value for name, value in body.items() if value is not None}


def termination(**changed: Any) -> dict[str, Any]:
    """A body that is accepted; a change to None leaves the field out."""
    body = {"msisdn": MSISDN, "authentication": {"method": "portal"}, **changed}
    return {name: value for name, value in body.items() if value is not None}


def rio_of(msisdn: str = MSISDN, operator: str = "C1", kind: str = "P", reference: str = "7K9M2Q") -> str:
    return Rio.of(operator, kind, reference, msisdn).text


def port_in(**changed: Any) -> dict[str, Any]:
    """A body that is accepted; a change to None leaves the field out."""
    msisdn = changed.get("msisdn") or MSISDN
    body = {
        "msisdn": MSISDN,
        "rio": changed.get("rio") or (rio_of(msisdn) if str(msisdn).startswith("+336") else "C1P7K9M2QAAA"),
        "holder": {"kind": "consumer", "name": "Camille Martin"},
        "sim": {"form": "physical"},
        "mandate": {"signed_at": "2026-05-13T09:30:00+02:00"},
        **changed,
    }
    return {name: value for name, value in body.items() if value is not None}
