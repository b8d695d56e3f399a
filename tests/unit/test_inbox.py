"""The clearing house's inbox with the real journal, and everything that can go wrong with one message."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from background.delivery import Delivery
from background.inbox import Inbox
from domain.clock import real_time
from domain.directory import DEFAULT_DIRECTORY
from domain.orders import OrderState, OrderStatus
from domain.port_in import DossierMessage
from journal import Journal
from parties.clearing_house.inbox import InboxMessage, read_event
from parties.errors import PartyRefused, PartyUnavailable
from tests.support.journal_kit import acceptance, entry, open_journal, order_id

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PATIENCE_S = 10.0


def message(number: int, kind: str, body: dict[str, Any], *, damaged: bool = False) -> InboxMessage:
    header = {"sender": {"networkoperator": "CIRUS"}, "receiver": {"networkoperator": "ALIZE"}}
    text = json.dumps({"message": {"header": {**header, "timestamp": "20261124090000"}, "body": {kind: body}}})
    return read_event(number, f"{kind}-v3", text[: len(text) // 2] if damaged else text)


def series(first: str, last: str = "") -> dict[str, Any]:
    return {"seq": {"numberseries": {"start": first, "end": last or first}}}


def answer(number: int, dossier: str, **more: Any) -> InboxMessage:
    return message(
        number,
        "portingrequestanswer",
        {"dossierid": dossier, "blocking": "N", "repeats": [series("0639980001")]},
        **more,
    )


def performed(number: int, first: str, last: str = "") -> InboxMessage:
    body = {"dossierid": f"FJORD-{number:05d}", "recipientnetworkoperator": "FJORD", "donornetworkoperator": "CIRUS"}
    return message(number, "portingperformed", {**body, "repeats": [series(first, last)]})


@dataclass
class House:
    """A clearing house that sends its unconfirmed mailbox anew on each connection."""

    mailbox: list[Callable[[], InboxMessage]] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    dossiers: dict[str, str] = field(default_factory=dict)
    serving: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    async def events(self, *, on_alive: Callable[[], None]) -> AsyncGenerator[InboxMessage, None]:
        self.connections += 1
        on_alive()
        for make in self.mailbox:
            made = make()
            if made.message_id not in self.confirmed:
                yield made
        await asyncio.sleep(3600)

    async def confirm(self, message_id: int) -> None:
        self.confirmed.append(message_id)

    async def number(self, msisdn: str) -> Any:
        code = self.serving.get(msisdn)
        network = DEFAULT_DIRECTORY.by_code(code).network_operator if code else ""
        return SimpleNamespace(operator=code, network_operator=network) if code else None

    async def dossier(self, dossier_id: str) -> Any:
        status = self.dossiers.get(dossier_id)
        return SimpleNamespace(status=status) if status else None

    async def cancel(self, *, dossier_id: str, **_: Any) -> str:
        self.cancelled.append(dossier_id)
        return "done"


@dataclass
class Temporal:
    """Workflows by id; what they are signalled raises what was put there for them."""

    trouble: dict[str, Exception] = field(default_factory=dict)
    heard: list[tuple[str, int]] = field(default_factory=list)

    def get_workflow_handle(self, workflow: str) -> Any:
        async def signal(_: Any, words: DossierMessage) -> None:
            if workflow in self.trouble:
                raise self.trouble[workflow]
            self.heard.append((workflow, words.message_id))

        return SimpleNamespace(signal=signal)


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
    temporal: Temporal = field(default_factory=Temporal)
    table: Table = field(default_factory=Table)

    def receives(self, *makers: Callable[[], InboxMessage] | InboxMessage) -> None:
        self.house.mailbox = [made if callable(made) else (lambda made=made: made) for made in makers]

    def order(self, number: int = 1) -> str:
        """An accepted order; returns its dossier."""
        self.journal.accept(acceptance(number))
        return self.journal.open_dossier(order_id(number), 1, "ALIZE")

    @asynccontextmanager
    async def listening(self):
        delivery = Delivery(self.house, self.journal, self.temporal, self.table, DEFAULT_DIRECTORY, Clock())
        task = asyncio.create_task(Inbox(self.house, delivery).run())
        yield
        assert not task.done(), task
        task.cancel()
        await asyncio.wait([task])

    async def confirms(self, *numbers: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not set(numbers) <= set(self.house.confirmed):
                await asyncio.sleep(0.01)

    @property
    def aside(self) -> dict[int, str]:
        return {row.message_id: row.reason for row in self.journal.aside()}


@pytest.fixture
def scene(tmp_path: Path):
    journal = open_journal(tmp_path)
    yield Scene(journal)
    journal.close()


def rpc(status: RPCStatusCode) -> RPCError:
    return RPCError("", status, b"")


async def test_an_answer_reaches_its_order_once_and_is_confirmed(scene: Scene):
    dossier = scene.order()
    scene.receives(answer(1, dossier), answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.temporal.heard == [(order_id(1), 1)]
    assert scene.aside == {}


async def test_a_message_whose_order_cannot_be_reached_waits_unconfirmed_and_holds_up_nobody(scene: Scene):
    stuck, free = scene.order(1), scene.order(2)
    scene.temporal.trouble[order_id(1)] = rpc(RPCStatusCode.NOT_FOUND)
    scene.receives(*(answer(number, stuck) for number in range(1, 40)), answer(40, free))
    async with scene.listening():
        await scene.confirms(40)
        assert scene.house.confirmed == [40]
        scene.temporal.trouble.clear()
        await scene.confirms(*range(1, 41))
    assert [number for workflow, number in scene.temporal.heard if workflow == order_id(1)] == list(range(1, 40))


async def test_temporal_away_leaves_messages_unconfirmed_until_it_is_back(scene: Scene):
    dossier = scene.order()
    scene.temporal.trouble[order_id(1)] = rpc(RPCStatusCode.UNAVAILABLE)
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await asyncio.sleep(0.3)
        assert scene.house.confirmed == []
        scene.temporal.trouble.clear()
        await scene.confirms(1)


async def test_a_message_damaged_on_its_way_is_read_anew_and_one_damaged_for_good_is_set_aside(scene: Scene):
    dossier = scene.order()
    reads: list[int] = []

    def better_the_second_time() -> InboxMessage:
        reads.append(1)
        return answer(1, dossier, damaged=len(reads) == 1)

    scene.receives(better_the_second_time, answer(2, dossier, damaged=True))
    async with scene.listening():
        await scene.confirms(1, 2)
    assert scene.temporal.heard == [(order_id(1), 1)]
    assert scene.aside == {2: "cannot be read: not JSON"}


async def test_an_unforeseen_failure_of_one_message_ends_aside_and_not_the_worker(scene: Scene):
    dossier, healthy = scene.order(1), scene.order(2)
    scene.temporal.trouble[order_id(1)] = TypeError("a bug")
    scene.receives(answer(1, dossier), answer(2, healthy))
    async with scene.listening():
        await scene.confirms(1, 2)
    assert scene.aside == {1: "it failed time and again"}
    assert scene.temporal.heard == [(order_id(2), 2)]


async def test_our_routing_follows_the_reference_database_and_not_a_message_that_is_days_old(scene: Scene):
    scene.house.serving = {"+33639980001": "ALIZE", "+33639980002": "EOLE"}
    scene.receives(performed(1, "0639980001"), performed(2, "0639980002"))
    async with scene.listening():
        await scene.confirms(1, 2)
    assert scene.table.routes == {"+33639980001": "ALIZE", "+33639980002": "BOREA"}
    assert len(set(scene.table.keys)) == 2


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("0639980000", "0639989999", "names more than 500 numbers at once, or none"),
        ("0639980009", "0639980001", "names more than 500 numbers at once, or none"),
        ("0145678901", "0145678901", "its numbers are not mobile numbers: msisdn_fixed"),
        ("0639980001", "0639980001", "names a number that is in no known range"),
    ],
)
async def test_a_broadcast_that_cannot_be_followed_is_set_aside(scene: Scene, first: str, last: str, reason: str):
    scene.receives(performed(1, first, last))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.aside == {1: reason}
    assert scene.table.routes == {}


async def test_a_routing_table_that_refuses_sets_aside_and_one_that_is_away_is_waited_for(scene: Scene):
    scene.house.serving = {"+33639980001": "DUNE"}
    scene.table.trouble = PartyUnavailable("ALIZE", "route", "away")
    scene.receives(performed(1, "0639980001"))
    async with scene.listening():
        await asyncio.sleep(0.2)
        assert scene.house.confirmed == []
        scene.table.trouble = PartyRefused("ALIZE", "route", code="unknown_operator", message="refused")
        await scene.confirms(1)
    assert scene.aside == {1: "the routing table refuses it: unknown_operator"}


@pytest.mark.parametrize(
    ("state", "dossier_status", "cancelled"),
    [
        (OrderState.CANCELLED, "agreed", True),
        (OrderState.CANCELLED, "cancelled", False),
        (OrderState.COMPLETED, "agreed", False),
    ],
)
async def test_a_dossier_that_outlived_its_undone_order_is_cancelled(
    scene: Scene, state: OrderState, dossier_status: str, cancelled: bool
):
    dossier = scene.order()
    closed = entry(1, "closed", state, seq=9, status=OrderStatus(state=state, stage="closed"))
    scene.journal.record(closed, at_legal=NOW, at_real=NOW)
    scene.temporal.trouble[order_id(1)] = rpc(RPCStatusCode.NOT_FOUND)
    scene.house.dossiers[dossier] = dossier_status
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.house.cancelled == ([dossier] if cancelled else [])
    assert scene.aside == {1: f"its order {order_id(1)} is closed"}
