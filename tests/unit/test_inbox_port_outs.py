"""What other operators ask us for and do with numbers of ours, from the clearing house's stream to orders."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.orders import OrderState
from journal import START_REQUESTED, WAKE_WORKFLOW, Journal, OrderView, OutboxItem
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.registry import RegistryDossier
from parties.errors import PartyRefused, PartyUnavailable
from tests.support.inbox_kit import NOW, Failing, Scene, message, performed, series
from tests.support.journal_kit import acceptance, delivered, entry, open_journal, order_id

DOSSIER = "FJORD-000001"
FIRST, SECOND = "+33639980001", "+33639980002"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
AT = "20261126080000"  # seven in the morning, UTC
LEFT = {"dossierid": DOSSIER, "donornetworkoperator": "ALIZE", "actualdatetime": AT}


def request(number: int, dossier: str = DOSSIER, *repeats: dict[str, Any], **body: Any) -> InboxMessage:
    whole = {"dossierid": dossier, "recipientnetworkoperator": "FJORD", "donornetworkoperator": "ALIZE"}
    return message(number, "portingrequest", {**whole, "repeats": list(repeats) or [series("0639980001")], **body})


def cancel(number: int, dossier: str = DOSSIER) -> InboxMessage:
    return message(number, "cancel", {"dossierid": dossier})


def error_found(number: int, dossier: str) -> InboxMessage:
    body = {"dossierid": dossier, "repeats": [{"seq": {"errorcode": "X", "description": "no"}}]}
    return message(number, "errorfound", body)


def deactivation(number: int, *repeats: dict[str, Any]) -> InboxMessage:
    body = {"dossierid": f"CIRUS-{number:05d}", "currentnetworkoperator": "CIRUS", "repeats": list(repeats)}
    return message(number, "deactivation", body)


def in_registry(status: str = "performed", donor: str = "ALIZE") -> RegistryDossier:
    return RegistryDossier(dossier_id=DOSSIER, status=status, recipient="FJORD", donor=donor, performed_at=NOW)


def orders(journal: Journal, dossier: str = DOSSIER) -> list[OrderView]:
    views = [journal.orders.read(order_id) for order_id in journal.dossiers.orders_of(dossier)]
    return [view for view in views if view is not None]


def outbox(journal: Journal, kind: str) -> list[OutboxItem]:
    return journal.outbox.claim(kind, 100, 0, LATER)


def delivered_messages(journal: Journal, dossier: str = DOSSIER) -> list[tuple[str, dict[str, Any]]]:
    """Order and message of what is in the inboxes of the dossier's orders; each of them is to be woken."""
    found = [
        (view.order_id, content)
        for view in orders(journal, dossier)
        for _, content in delivered(journal, view.order_id)
    ]
    assert {order_id for order_id, _ in found} == {item.order_id for item in outbox(journal, WAKE_WORKFLOW)}
    return found


def close(journal: Journal, order_id: str, state: OrderState) -> None:
    ended = entry(1, "closed", state, order_id=order_id, seq=9, release_line=True)
    journal.orders.record(ended, at_legal=NOW, at_real=NOW)


@pytest.fixture
def scene(tmp_path: Path):
    journal = open_journal(tmp_path)
    scene = Scene(journal)
    scene.house.serving = {FIRST: "FJORD", SECOND: "FJORD"}
    yield scene
    journal.close()


async def brought(scene: Scene, *messages: InboxMessage) -> None:
    scene.receives(*messages)
    async with scene.listening():
        await scene.confirms(*(each.message_id for each in messages))


def fail_once(journal: Journal, repository: str, method: str) -> list[str]:
    """Makes a method of the journal fail the first time, as if the worker had died there; returns the calls."""
    calls: list[str] = []

    def trouble(*_: Any) -> Exception | None:
        calls.append(method)
        return OSError() if len(calls) == 1 else None

    setattr(journal, repository, Failing(getattr(journal, repository), method, trouble))
    return calls


async def test_a_request_becomes_one_order_for_each_number_however_often_it_is_delivered(scene: Scene):
    asked = [series("0639980001", "0639980002"), series("0639980002")]
    await brought(scene, request(1, DOSSIER, *asked), request(2, DOSSIER, *asked))
    first, second = orders(scene.journal)
    assert [first.msisdn, second.msisdn] == [FIRST, SECOND]
    assert {(view.kind, view.donor, view.recipient) for view in (first, second)} == {("port_out", "ALIZE", "FJORD")}
    assert [item.order_id for item in outbox(scene.journal, START_REQUESTED)] == [first.order_id, second.order_id]
    assert scene.journal.orders.events(first.order_id)[0].what == "FJORD asks for the number"
    assert first.order_id.startswith("po-")
    assert first.order["numbers"] == second.order["numbers"] == 2
    assert scene.wakes
    assert scene.aside == {}


@pytest.mark.parametrize("step", ["inbox.receive", "orders.accept", "inbox.mark_done"])
async def test_a_worker_that_dies_between_two_steps_of_a_request_leaves_one_order(scene: Scene, step: str):
    repository, method = step.split(".")
    calls = fail_once(scene.journal, repository, method)
    await brought(scene, request(1))
    assert len(calls) >= 2
    assert len(orders(scene.journal)) == len(outbox(scene.journal, START_REQUESTED)) == 1


async def test_a_request_that_was_accepted_and_not_confirmed_is_only_confirmed_when_it_comes_again(scene: Scene):
    await brought(scene, request(1))
    scene.house.confirmed.clear()
    await brought(scene, request(1))
    assert len(orders(scene.journal)) == 1


async def test_no_key_that_a_client_may_send_stands_in_the_way_of_a_request(scene: Scene):
    scene.journal.orders.accept(acceptance(7, key=f"portingrequest:{DOSSIER}:{FIRST}"))  # a client's has no spaces
    await brought(scene, request(1))
    assert len(orders(scene.journal)) == 1
    assert scene.aside == {}


async def test_a_request_waits_behind_whoever_holds_the_line(scene: Scene):
    scene.order(1)
    await brought(scene, request(1))
    (order,) = orders(scene.journal)
    line = scene.journal.lines.read(FIRST)
    assert line.held_by.kind == "port_in"
    assert [behind.order_id for behind in line.behind] == [order.order_id]


@pytest.mark.parametrize(
    ("body", "rio", "back_of"),
    [
        ({"customerinfo": {"customerid": " a1 p abcdef 12+"}}, "A1PABCDEF12+", ""),
        ({"customerinfo": {"customerid": "aıpabcdef12+"}}, "aıpabcdef12+", ""),
        ({"customerinfo": {"lastname": "Martin"}, "note": "PORTBACK ALIZE-000009"}, "", "ALIZE-000009"),
        ({"note": "please PORTBACK ALIZE-000009 soon"}, "", ""),
    ],
)
async def test_an_order_knows_the_rio_and_the_dossier_that_it_takes_back(
    scene: Scene, body: Any, rio: str, back_of: str
):
    await brought(scene, request(1, **body))
    (order,) = orders(scene.journal)
    assert (order.order["authorisation"]["value"], order.order["back_of"]) == (rio, back_of)


async def test_a_virtual_operator_is_known_by_its_pair(scene: Scene):
    await brought(scene, request(1, recipientnetworkoperator="BOREA", recipientserviceprovider="EOLE"))
    assert [view.recipient for view in orders(scene.journal)] == ["EOLE"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"recipientnetworkoperator": "GHOST"}, "an operator that we do not know asks"),
        ({"repeats": [series("0145678901")]}, "its numbers are not mobile numbers: msisdn_fixed"),
        (
            {"repeats": [series("0639980000", "0639980299"), series("0639980300", "0639980599")]},
            "names more than 500 numbers at once, or none",
        ),
    ],
)
async def test_a_request_that_cannot_be_taken_is_set_aside_and_blocks_nothing(scene: Scene, asked: Any, reason: str):
    await brought(scene, request(1, DOSSIER, **asked), request(2, "FJORD-000002"))
    assert scene.aside == {1: reason}
    assert orders(scene.journal) == []
    assert len(orders(scene.journal, "FJORD-000002")) == 1


@pytest.mark.parametrize("make", [cancel, lambda number: error_found(number, DOSSIER)])
async def test_a_message_is_delivered_once_to_all_orders_of_its_dossier(
    scene: Scene, make: Callable[[int], InboxMessage]
):
    asked = [series("0639980001", "0639980002")]
    sent = make(2)
    await brought(scene, request(1, DOSSIER, *asked), sent, sent)
    found = [(order_id, content["type"]) for order_id, content in delivered_messages(scene.journal)]
    assert found == [(view.order_id, sent.type) for view in orders(scene.journal)]
    assert len(found) == 2
    assert scene.aside == {}


async def test_a_number_that_left_us_is_routed_before_its_order_hears_of_it(scene: Scene):
    await brought(scene, request(1))
    scene.table.trouble = PartyUnavailable("ALIZE", "route", "away")
    scene.receives(performed(2, "0639980001", **LEFT))
    async with scene.listening():
        await asyncio.sleep(0.2)
        assert delivered_messages(scene.journal) == []
        scene.table.trouble = None
        await scene.confirms(2)
    ((_, content),) = delivered_messages(scene.journal)
    assert content["message_id"] == 2
    assert datetime.fromisoformat(content["actual"]) == datetime(2026, 11, 26, 7, tzinfo=UTC)
    assert scene.table.routes == {FIRST: "FJORD"}
    assert len(orders(scene.journal)) == 1


async def test_a_routing_table_that_refuses_keeps_no_order_from_hearing_that_its_number_left(scene: Scene):
    scene.table.trouble = PartyRefused("ALIZE", "route", code="unknown_operator", message="refused")
    await brought(scene, request(1))
    await brought(scene, performed(2, "0639980001", **LEFT))
    assert [content["type"] for _, content in delivered_messages(scene.journal)] == ["portingperformed"]
    assert scene.aside == {2: "the routing table refuses it: unknown_operator"}


async def test_numbers_that_left_without_an_order_get_one_each_from_the_registry(scene: Scene):
    scene.house.dossiers[DOSSIER] = in_registry()
    left = performed(2, "0639980001", "0639980002", **LEFT)
    await brought(scene, left, performed(3, "0639980001", "0639980002", **LEFT))
    made = orders(scene.journal)
    assert [view.msisdn for view in made] == [FIRST, SECOND]
    assert [view.order["performed"]["message_id"] for view in made] == [2, 2]
    await brought(scene, request(4, DOSSIER, series("0639980001", "0639980002")))  # late, and asks for nothing more
    assert len(orders(scene.journal)) == 2
    assert [item.order_id for item in outbox(scene.journal, START_REQUESTED)] == [view.order_id for view in made]


async def test_without_an_instant_in_the_message_a_number_left_when_the_registry_says(scene: Scene):
    scene.house.dossiers[DOSSIER] = in_registry()
    await brought(scene, performed(2, "0639980001", **LEFT | {"actualdatetime": None}))
    (made,) = orders(scene.journal)
    assert datetime.fromisoformat(made.order["performed"]["at"]) == NOW


async def test_an_order_hears_since_when_its_number_is_gone_also_where_the_message_does_not_say(scene: Scene):
    scene.house.dossiers[DOSSIER] = in_registry()
    await brought(scene, request(1), performed(2, "0639980001", **LEFT | {"actualdatetime": None}))
    ((_, content),) = delivered_messages(scene.journal)
    assert datetime.fromisoformat(content["actual"]) == NOW


@pytest.mark.parametrize(
    ("state", "made_up"),
    [
        (OrderState.REJECTED, True),
        (OrderState.CANCELLED, True),
        (OrderState.FAILED, True),
        (OrderState.COMPLETED, False),
    ],
)
async def test_a_port_performed_after_its_order_was_closed_is_carried_out_all_the_same(
    scene: Scene, state: OrderState, made_up: bool
):
    scene.house.dossiers[DOSSIER] = in_registry()
    await brought(scene, request(1))
    close(scene.journal, orders(scene.journal)[0].order_id, state)
    await brought(scene, performed(2, "0639980001", **LEFT), performed(3, "0639980001", **LEFT))
    made = [view for view in orders(scene.journal) if view.order["performed"]]
    assert len(made) == made_up
    assert scene.aside == {}


@pytest.mark.parametrize(
    ("registry", "aside"),
    [
        (None, {}),
        (in_registry(donor="CIRUS"), {}),
        (PartyRefused("clearing_house", "dossier", code="forbidden", message="not yours", status=403), {}),
        (in_registry("agreed"), {2: "the registry does not show its port performed"}),
    ],
)
async def test_no_order_is_made_up_for_a_port_that_the_registry_does_not_show_as_ours(
    scene: Scene, registry: Any, aside: dict[int, str]
):
    scene.house.dossiers[DOSSIER] = registry
    await brought(scene, performed(2, "0639980001", **LEFT))
    assert orders(scene.journal) == []
    assert scene.aside == aside
    assert scene.table.routes == {FIRST: "FJORD"}


async def test_a_port_without_an_order_waits_until_the_clearing_house_can_tell_whose_it_was(scene: Scene):
    scene.house.dossiers[DOSSIER] = PartyUnavailable("clearing_house", "dossier", "away")
    scene.receives(performed(2, "0639980001", **LEFT), request(3, "FJORD-000002"))
    async with scene.listening():
        await scene.confirms(3)
        assert scene.house.confirmed == [3]
        scene.house.dossiers[DOSSIER] = in_registry()
        await scene.confirms(2)
    assert len(orders(scene.journal)) == 1


async def test_ports_of_others_are_routed_and_make_no_orders(scene: Scene):
    scene.house.dossiers[DOSSIER] = in_registry()  # not asked: the message names another donor
    await brought(scene, performed(2, "0639980001", **LEFT | {"donornetworkoperator": "CIRUS"}))
    assert orders(scene.journal) == []
    assert scene.table.routes == {FIRST: "FJORD"}


async def test_a_message_of_a_dossier_that_nobody_knows_is_set_aside(scene: Scene):
    await brought(scene, cancel(1), error_found(2, "ALIZE-000001"))
    assert scene.aside == {1: "belongs to no order of ours", 2: "belongs to no order of ours"}


async def test_a_number_given_back_to_our_range_is_in_custody_and_free_at_once(scene: Scene):
    scene.house.serving = {FIRST: "ALIZE", SECOND: "ALIZE"}
    given_back = deactivation(1, series("0639980001"), series("0639980002"))
    await brought(scene, given_back, deactivation(1, series("0639980001"), series("0639980002")))
    due = scene.journal.quarantines.due(NOW, 10).items
    assert [each.msisdn for each in due] == [FIRST, SECOND]
    assert due[0].contract_id == "custody:CIRUS-00001"
    assert {each.range_holder for each in due} == {"ALIZE"}
    assert due[0].since == due[0].portable_until == due[0].reassignable_from
    assert scene.table.routes == {FIRST: "ALIZE", SECOND: "ALIZE"}


@pytest.mark.parametrize(("serving", "range_holder"), [("CIRUS", "CIRUS"), ("DUNE", "ALIZE"), ("ALIZE", "CIRUS")])
async def test_a_number_that_is_not_ours_or_serves_somebody_again_is_not_taken_into_custody(
    scene: Scene, serving: str, range_holder: str
):
    scene.house.serving, scene.house.ranges = {FIRST: serving}, {FIRST: range_holder}
    await brought(scene, deactivation(1, series("0639980001")))
    assert scene.journal.quarantines.due(LATER, 10).items == []
    assert scene.table.routes == {FIRST: serving}


async def test_a_refused_deactivation_of_ours_is_noted_and_left_to_the_next_round(scene: Scene):
    scene.house.serving = {FIRST: "ALIZE"}
    await brought(scene, deactivation(1, series("0639980001")))
    ours = scene.journal.quarantines.open_dossier("custody:CIRUS-00001", "ALIZE")
    await brought(scene, error_found(2, ours))
    assert scene.aside == {}
    assert len(scene.journal.quarantines.due(NOW, 10).items) == 1


async def test_a_message_of_a_dossier_of_a_port_in_is_delivered_to_the_port_in(scene: Scene):
    dossier = scene.order(1)
    await brought(scene, request(1), cancel(2, dossier))
    assert scene.messages() == [2]
    assert [item.order_id for item in outbox(scene.journal, WAKE_WORKFLOW)] == [order_id(1)]


async def test_a_thousand_requests_at_once_are_a_thousand_orders(scene: Scene):
    flood = [request(number, f"FJORD-{number:06d}", series(f"063998{number:04d}")) for number in range(1, 1001)]
    await brought(scene, *flood)
    starts: list[str] = []
    while found := scene.journal.outbox.claim(START_REQUESTED, 500, 3600, LATER + timedelta(seconds=len(starts))):
        starts += [item.order_id for item in found]
    assert len(set(starts)) == len(starts) == 1000
    assert sorted(scene.house.confirmed) == list(range(1, 1001))
    assert scene.aside == {}
