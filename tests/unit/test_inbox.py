"""The clearing house's inbox with the real journal, and everything that can go wrong with one message."""

import asyncio
from pathlib import Path

import pytest
from temporalio.service import RPCStatusCode

from domain.orders import OrderState, OrderStatus
from parties.clearing_house.inbox import InboxMessage
from parties.errors import PartyRefused, PartyUnavailable
from tests.support.inbox_kit import NOW, Scene, answer, performed, rpc
from tests.support.journal_kit import entry, open_journal, order_id


@pytest.fixture
def scene(tmp_path: Path):
    journal = open_journal(tmp_path)
    yield Scene(journal)
    journal.close()


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
    scene.journal.orders.record(closed, at_legal=NOW, at_real=NOW)
    scene.temporal.trouble[order_id(1)] = rpc(RPCStatusCode.NOT_FOUND)
    scene.house.dossiers[dossier] = dossier_status
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.house.cancelled == ([dossier] if cancelled else [])
    assert scene.aside == {1: f"its order {order_id(1)} is closed"}
