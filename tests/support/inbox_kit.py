"""A clearing house that sends to us, and what the worker's inbox needs beside it."""

import asyncio
import functools
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from background.clearing_house_stream import ClearingHouseStream
from background.message_router import MessageRouter
from domain.clock import real_time
from domain.directory import DEFAULT_DIRECTORY
from journal import Journal
from parties.clearing_house.inbox import InboxMessage, read_event
from parties.clearing_house.registry import RegistryDossier
from parties.errors import PartyUnavailable
from tests.support.france import FORM, FRANCE
from tests.support.journal_kit import acceptance, delivered, order_id

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PATIENCE_S = 10.0


def message(number: int, kind: str, body: dict[str, Any], *, damaged: bool = False) -> InboxMessage:
    header = {"sender": {"networkoperator": "CIRUS"}, "receiver": {"networkoperator": "ALIZE"}}
    text = json.dumps({"message": {"header": {**header, "timestamp": "20261124090000"}, "body": {kind: body}}})
    return read_event(number, f"{kind}-v3", text[: len(text) // 2] if damaged else text, FORM.zone)


def series(first: str, last: str = "") -> dict[str, Any]:
    return {"seq": {"numberseries": {"start": first, "end": last or first}}}


def answer(number: int, dossier: str, **more: Any) -> InboxMessage:
    return message(
        number,
        "portingrequestanswer",
        {"dossierid": dossier, "blocking": "N", "repeats": [series("0639980001")]},
        **more,
    )


def performed(number: int, first: str, last: str = "", **body: Any) -> InboxMessage:
    whole = {
        "dossierid": f"FJORD-{number:05d}",
        "recipientnetworkoperator": "FJORD",
        "donornetworkoperator": "CIRUS",
        "repeats": [series(first, last)],
        **body,
    }
    return message(number, "portingperformed", whole)


class Failing:
    """A repository of the journal in which calls of one method fail: those that `trouble` has an error for."""

    def __init__(self, repository: Any, method: str, trouble: Callable[..., Exception | None]) -> None:
        self._repository, self._method, self._trouble = repository, method, trouble

    def __getattr__(self, name: str) -> Any:
        works = getattr(self._repository, name)
        return functools.partial(self._call, works) if name == self._method else works

    def _call(self, works: Callable[..., Any], *args: Any, **more: Any) -> Any:
        error = self._trouble(*args)
        if error is not None:
            raise error
        return works(*args, **more)


@dataclass
class House:
    """A clearing house that sends its unconfirmed mailbox anew on each connection."""

    mailbox: list[Callable[[], InboxMessage]] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    dossiers: dict[str, Any] = field(default_factory=dict)  # status, what the registry shows, or trouble
    serving: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)  # range holders that do not serve their number
    connections: int = 0
    lost_confirmations: int = 0  # the next ones fail

    async def events(self, *, on_alive: Callable[[], None]) -> AsyncGenerator[InboxMessage, None]:
        self.connections += 1
        on_alive()
        for make in self.mailbox:
            made = make()
            if made.message_id not in self.confirmed:
                yield made
        await asyncio.sleep(3600)

    async def confirm(self, message_id: int) -> None:
        if self.lost_confirmations:
            self.lost_confirmations -= 1
            raise PartyUnavailable("clearing_house", "confirm", "away")
        self.confirmed.append(message_id)

    async def number(self, msisdn: str) -> Any:
        code = self.serving.get(msisdn)
        network = DEFAULT_DIRECTORY.by_code(code).network_operator if code else ""
        holder = self.ranges.get(msisdn, code)
        if not code:
            return None
        return SimpleNamespace(number=msisdn, operator=code, network_operator=network, range_holder=holder)

    async def dossier(self, dossier_id: str) -> Any:
        found = self.dossiers.get(dossier_id)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, str):
            return RegistryDossier(dossier_id=dossier_id, status=found, recipient="ALIZE", donor="CIRUS")
        return found

    async def cancel(self, *, dossier_id: str, **_: Any) -> str:
        self.cancelled.append(dossier_id)
        return "done"


@dataclass
class Table:
    """The home routing table."""

    routes: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    async def route(self, *, msisdn: str, operator: str, dossier_id: str, key: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.routes[msisdn] = operator
        self.keys.append(key)


class Clock:
    async def recent(self) -> Any:
        return real_time(NOW)


@dataclass
class Scene:
    journal: Journal
    house: House = field(default_factory=House)
    table: Table = field(default_factory=Table)
    wakes: list[int] = field(default_factory=list)

    def receives(self, *makers: Callable[[], InboxMessage] | InboxMessage) -> None:
        self.house.mailbox = [made if callable(made) else (lambda made=made: made) for made in makers]

    def order(self, number: int = 1) -> str:
        """An accepted order; returns its dossier."""
        self.journal.orders.accept(acceptance(number))
        return self.journal.dossiers.open(order_id(number), 1, "ALIZE")

    @asynccontextmanager
    async def listening(self):
        router = MessageRouter(
            self.house,
            self.journal,
            self.table,
            DEFAULT_DIRECTORY,
            Clock(),
            DEFAULT_DIRECTORY.by_code("ALIZE"),
            FRANCE,
            lambda: self.wakes.append(1),
        )
        task = asyncio.create_task(ClearingHouseStream(self.house, router).run())
        yield
        assert not task.done(), task
        task.cancel()
        await asyncio.wait([task])

    async def confirms(self, *numbers: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not set(numbers) <= set(self.house.confirmed):
                await asyncio.sleep(0.01)

    def messages(self, number: int = 1) -> list[int]:
        """Ids of the messages in the inbox of order `number`."""
        found = delivered(self.journal, order_id(number))
        assert {kind for kind, _ in found} <= {"dossier_message"}
        return [content["message_id"] for _, content in found]

    @property
    def aside(self) -> dict[int, str]:
        return {row.message_id: row.reason for row in self.journal.inbox.dead_letters()}
