"""The clearing house's inbox with the real journal, and everything that can go wrong with one message."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from domain.orders import OrderState, OrderStatus
from domain.port_in import DossierMessage, PortInOrder
from journal import WAKE_WORKFLOW
from parties.clearing_house.inbox import InboxMessage
from parties.errors import PartyRefused, PartyUnavailable
from runtime.relay.relay import Relay
from tests.support.api_kit import FakeTemporal
from tests.support.inbox_kit import NOW, Failing, Scene, answer, performed
from tests.support.journal_kit import entry, open_journal, order_id


@pytest.fixture
def scene(tmp_path: Path):
    journal = open_journal(tmp_path)
    yield Scene(journal)
    journal.close()


def close(scene: Scene, state: OrderState) -> None:
    """Order 1 has ended."""
    closed = entry(1, "closed", state, seq=9, status=OrderStatus(state=state, stage="closed"))
    scene.journal.orders.record(closed, at_legal=NOW, at_real=NOW)


def deliveries_fail(scene: Scene, error: Exception) -> list[Exception]:
    """Deliveries to order 1 fail until the list is cleared."""
    errors = [error]

    def trouble(_: int, order_ids: list[str], __: DossierMessage) -> Exception | None:
        return errors[0] if errors and order_id(1) in order_ids else None

    scene.journal.inbox = Failing(scene.journal.inbox, "deliver_message", trouble)
    return errors


async def test_an_answer_reaches_its_order_once_and_is_confirmed(scene: Scene):
    dossier = scene.order()
    scene.receives(answer(1, dossier), answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.messages() == [1]
    assert scene.wakes
    assert scene.aside == {}


async def test_a_message_that_has_to_wait_stays_unconfirmed_and_holds_up_nobody(scene: Scene):
    stuck, free = scene.order(1), scene.order(2)
    close(scene, OrderState.CANCELLED)
    scene.house.dossiers[stuck] = PartyUnavailable("clearing_house", "dossier", "away")
    scene.receives(*(answer(number, stuck) for number in range(1, 40)), answer(40, free))
    async with scene.listening():
        await scene.confirms(40)
        assert scene.house.confirmed == [40]
        scene.house.dossiers[stuck] = "cancelled"
        await scene.confirms(*range(1, 41))
    assert (scene.messages(1), scene.messages(2)) == ([], [40])
    assert list(scene.aside) == list(range(1, 40))


async def test_messages_of_one_dossier_are_in_the_inbox_of_its_order_as_they_came(scene: Scene):
    dossier = scene.order()
    scene.receives(*(answer(number, dossier) for number in range(1, 40)))
    async with scene.listening():
        await scene.confirms(*range(1, 40))
    assert scene.messages() == list(range(1, 40))


async def test_without_temporal_a_message_is_written_delivered_and_confirmed_and_its_order_is_woken_later(
    scene: Scene,
):
    dossier = scene.order()
    temporal = FakeTemporal(away=True, started={order_id(1): PortInOrder.model_construct()})
    relay = Relay(scene.journal, temporal, per_second=10_000)
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    await relay.sweep()
    assert (scene.messages(), temporal.wakes) == ([1], [])
    temporal.away = False
    await relay.sweep()
    assert temporal.wakes == [order_id(1)]


async def test_a_message_whose_confirmation_is_lost_comes_again_and_is_delivered_once(scene: Scene):
    dossier = scene.order()
    scene.house.lost_confirmations = 2
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.messages() == [1]
    assert len(scene.journal.outbox.claim(WAKE_WORKFLOW, 10, 30, datetime.now(UTC))) == 1


async def test_a_journal_that_is_away_leaves_a_message_unconfirmed_until_it_is_back(scene: Scene):
    dossier = scene.order()
    trouble = deliveries_fail(scene, OperationalError("", {}, OSError()))
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await asyncio.sleep(0.3)
        assert scene.house.confirmed == []
        trouble.clear()
        await scene.confirms(1)
    assert scene.messages() == [1]
    assert scene.aside == {}


async def test_a_message_damaged_on_its_way_is_read_anew_and_one_damaged_for_good_is_set_aside(scene: Scene):
    dossier = scene.order()
    reads: list[int] = []

    def better_the_second_time() -> InboxMessage:
        reads.append(1)
        return answer(1, dossier, damaged=len(reads) == 1)

    scene.receives(better_the_second_time, answer(2, dossier, damaged=True))
    async with scene.listening():
        await scene.confirms(1, 2)
    assert scene.messages() == [1]
    assert scene.aside == {2: "cannot be read: not JSON"}


async def test_an_unforeseen_failure_of_one_message_ends_aside_and_not_the_worker(scene: Scene):
    dossier, healthy = scene.order(1), scene.order(2)
    deliveries_fail(scene, TypeError("a bug"))
    scene.receives(answer(1, dossier), answer(2, healthy))
    async with scene.listening():
        await scene.confirms(1, 2)
    assert scene.aside == {1: "it failed time and again"}
    assert (scene.messages(1), scene.messages(2)) == ([], [2])


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
    close(scene, state)
    scene.house.dossiers[dossier] = dossier_status
    scene.receives(answer(1, dossier))
    async with scene.listening():
        await scene.confirms(1)
    assert scene.house.cancelled == ([dossier] if cancelled else [])
    assert scene.messages() == []
    assert scene.aside == {1: f"its order {order_id(1)} is closed"}
