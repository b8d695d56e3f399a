"""Outbox, inbox and dossiers: nothing lost by a kill, nothing done twice by a repetition."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from journal import CUSTOMER_MESSAGE, START_WORKFLOW, Journal, UnknownOrder
from tests.support.journal_kit import REAL, acceptance, entry, message, open_journal, order_id, record

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(tmp_path)
    for number in (1, 2, 3):
        opened.orders.accept(acceptance(number))
    return opened


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_claimed_items_are_nobody_elses_until_the_lease_ends(journal: Journal):
    first = journal.outbox.claim(START_WORKFLOW, 2, 30, REAL)
    assert [item.order_id for item in first] == [order_id(1), order_id(2)]
    assert [item.order_id for item in journal.outbox.claim(START_WORKFLOW, 10, 30, REAL)] == [order_id(3)]
    assert journal.outbox.claim(START_WORKFLOW, 10, 30, REAL + seconds(29)) == []
    again = journal.outbox.claim(START_WORKFLOW, 10, 30, REAL + seconds(31))
    assert [(item.order_id, item.attempts) for item in again] == [(order_id(n), 2) for n in (1, 2, 3)]


def test_what_is_done_never_comes_back(journal: Journal):
    (item,) = journal.outbox.claim(START_WORKFLOW, 1, 30, REAL)
    journal.outbox.mark_done(item.id)
    journal.outbox.retry(item.id, "TooLate", REAL)
    left = journal.outbox.claim(START_WORKFLOW, 10, 30, REAL + seconds(3600))
    assert [each.order_id for each in left] == [order_id(2), order_id(3)]
    assert not journal.outbox.awaits_start(order_id(1))
    assert journal.outbox.awaits_start(order_id(2))


def test_what_failed_is_due_again_when_it_was_said(journal: Journal):
    (item,) = journal.outbox.claim(START_WORKFLOW, 1, 30, REAL)
    journal.outbox.retry(item.id, "TemporalUnavailable", REAL + seconds(5))
    assert order_id(1) not in [each.order_id for each in journal.outbox.claim(START_WORKFLOW, 10, 1, REAL + seconds(4))]
    assert order_id(1) in [each.order_id for each in journal.outbox.claim(START_WORKFLOW, 10, 1, REAL + seconds(6))]


def test_messages_of_an_order_go_out_in_the_order_in_which_they_happened(journal: Journal):
    def kinds(after_s: float) -> list[str]:
        due = journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL + seconds(after_s))
        return [item.payload["kind"] for item in due]

    record(journal, entry(1, "first", messages=[message("port_in.received")]))
    assert kinds(0) == ["port_in.received"]  # by a relay that is killed now
    record(journal, entry(1, "second", messages=[message("port_in.date_agreed")]))
    record(journal, entry(2, "other", messages=[message("port_in.received")]))
    assert kinds(1) == ["port_in.received"]  # the other order's
    assert kinds(32) == ["port_in.received", "port_in.date_agreed", "port_in.received"]


def test_relays_that_claim_at_once_share_the_items(journal: Journal):
    for number in range(4, 44):
        journal.orders.accept(acceptance(number))
    claimed: list[str] = []
    start = threading.Barrier(8)

    def relay() -> None:
        start.wait()
        while items := journal.outbox.claim(START_WORKFLOW, 3, 30, REAL):
            claimed.extend(item.order_id for item in items)

    threads = [threading.Thread(target=relay) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [order_id(number) for number in range(1, 44)]


def test_other_kinds_are_left_alone(journal: Journal):
    assert journal.outbox.claim("customer_message", 10, 30, REAL) == []


def test_a_dossier_is_made_once_for_an_attempt_and_found_again(journal: Journal):
    dossier = journal.dossiers.open(order_id(1), 1, "ALIZE")
    assert re.fullmatch(r"ALIZE-[0-9]{15}", dossier)
    assert journal.dossiers.open(order_id(1), 1, "ALIZE") == dossier
    second = journal.dossiers.open(order_id(1), 2, "ALIZE")
    assert second != dossier
    assert journal.inbox.receive(1, "pradelayed", second, "{}").order_id == order_id(1)
    assert journal.inbox.receive(2, "pradelayed", "CIRUS-000000000000001", "{}").order_id is None
    with pytest.raises(UnknownOrder):
        journal.dossiers.open(order_id(9), 1, "ALIZE")


def test_simultaneous_requests_for_a_dossier_get_the_same(journal: Journal):
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(journal.dossiers.open(order_id(1), 1, "ALIZE"))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 1


def test_a_message_is_written_down_once_and_remembers_how_far_it_has_come(journal: Journal):
    dossier = journal.dossiers.open(order_id(1), 1, "ALIZE")
    row = journal.inbox.receive(29, "portingrequestanswer", dossier, {"blocking": "N"})
    assert (row.state, row.order_id) == ("new", order_id(1))
    assert journal.inbox.receive(29, "portingrequestanswer", dossier, {"blocking": "N"}).state == "new"
    journal.inbox.mark_done(29, order_id(1))
    assert journal.inbox.receive(29, "portingrequestanswer", dossier, {"blocking": "N"}).state == "delivered"
    assert journal.inbox.dead_letters() == []


def test_a_message_of_a_new_clearing_house_under_an_old_id_is_new(journal: Journal):
    dossier = journal.dossiers.open(order_id(1), 1, "ALIZE")
    journal.inbox.receive(1, "cancel", "CIRUS-000000000000001", {})
    journal.inbox.add_dead_letter(1, "unknown dossier")
    row = journal.inbox.receive(1, "portingrequestanswer", dossier, {"blocking": "N"})
    assert (row.state, row.order_id) == ("new", order_id(1))
    assert journal.inbox.dead_letters() == []


def test_dead_letters_are_paged_with_their_reason_and_body(journal: Journal):
    for message_id in (3, 5, 9):
        assert (
            journal.inbox.receive(message_id, "errorfound", "CIRUS-000000000000001", {"id": message_id}).order_id
            is None
        )
        journal.inbox.add_dead_letter(message_id, "unknown dossier")
    journal.inbox.receive(11, "cancel", "CIRUS-000000000000001", {})
    page = journal.inbox.dead_letters(limit=2)
    assert [(each.message_id, each.reason, each.body) for each in page] == [
        (3, "unknown dossier", {"id": 3}),
        (5, "unknown dossier", {"id": 5}),
    ]
    assert [each.message_id for each in journal.inbox.dead_letters(limit=2, after=5)] == [9]


def test_an_order_survives_closing_and_opening_again(journal: Journal, tmp_path: Path):
    journal.close()
    again = open_journal(tmp_path)
    assert again.orders.verify(order_id(3)).ok
    assert again.orders.counts()["acknowledged"] == 3
