"""Entries: once per key, in order, and the status of the newest wins."""

from datetime import date
from pathlib import Path

import pytest

from domain.orders import OrderState, OrderStatus, WaitingFor
from domain.timeline import TimelineCode, TimelineEvent
from journal import Journal, UnknownOrder
from journal.outbox import CUSTOMER_MESSAGE
from tests.support.journal_kit import MSISDN, REAL, acceptance, entry, message, open_journal, order_id, record

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance())
    return opened


def status(journal: Journal) -> OrderStatus:
    view = journal.orders.read(order_id(1))
    assert view is not None
    return view.status


def test_an_entry_moves_the_status_and_appends_its_events(journal: Journal):
    waiting = WaitingFor(party="CIRUS", what="its answer", until=REAL, then="we remind its desk")
    told = OrderStatus(state=OrderState.PENDING, stage="donor_asked", waiting_for=waiting, needs_attention=True)
    events = [
        TimelineEvent(code=TimelineCode.ASKED, what="donor asked", detail={"dossier": "ALIZE-1"}),
        TimelineEvent(code=TimelineCode.AGREED, day=date(2026, 6, 5), what="waiting"),
    ]
    assert record(journal, entry(1, "asked").model_copy(update={"status": told, "events": events}), after_s=5)
    assert status(journal) == told
    story = journal.orders.events(order_id(1), after_seq=1)
    assert [(event.seq, event.code, event.day, event.what, event.detail) for event in story] == [
        (2, "asked", None, "donor asked", {"dossier": "ALIZE-1"}),
        (3, "agreed", date(2026, 6, 5), "waiting", {}),
    ]
    assert (story[0].state, story[0].stage) == ("pending", "donor_asked")


def test_a_repeated_entry_changes_nothing(journal: Journal):
    assert record(journal, entry(1, "asked", seq=1, messages=[message()]))
    record(journal, entry(1, "answered", seq=2))
    assert not record(journal, entry(1, "asked", seq=1, messages=[message()]), after_s=9)
    assert status(journal).stage == "answered"
    assert len(journal.orders.events(order_id(1))) == 3
    assert len(journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL)) == 1


def test_an_older_entry_that_arrives_later_adds_its_events_and_does_not_turn_the_status_back(journal: Journal):
    record(journal, entry(1, "answered", seq=2))
    assert record(journal, entry(1, "asked", seq=1, release_line=True, messages=[message()]))
    assert status(journal).stage == "answered"
    assert [event.what for event in journal.orders.events(order_id(1))][-1] == "asked happened"
    assert journal.lines.read(MSISDN).held_by is None
    assert journal.orders.verify(order_id(1)).ok


def test_what_a_lost_step_told_and_its_repetition_tells_again_is_where_the_order_stands(journal: Journal):
    record(journal, entry(1, "asked", seq=100))
    record(journal, entry(1, "held", OrderState.HELD, seq=101))
    again = entry(1, "asked", seq=5000, messages=[message()], release_line=True)
    assert record(journal, again)
    assert not record(journal, again)
    assert status(journal).stage == "asked"
    assert record(journal, entry(1, "note", seq=5001, is_note=True))
    assert not record(journal, entry(1, "note", seq=6000, is_note=True))
    assert status(journal).stage == "asked"
    story = [event.what for event in journal.orders.events(order_id(1))]
    assert story == ["accepted", "asked happened", "held happened", "", "note happened"]
    assert journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL) == []
    assert journal.lines.read(MSISDN).held_by is not None
    assert journal.orders.verify(order_id(1)).ok


def test_an_entry_without_a_place_does_not_reopen_a_final_order(journal: Journal):
    record(journal, entry(1, "done", OrderState.COMPLETED, seq=7))
    assert record(journal, entry(1, "remark"))
    assert status(journal).state is OrderState.COMPLETED
    assert record(journal, entry(1, "after_care", OrderState.COMPLETED, seq=8))
    assert status(journal).stage == "after_care"


def test_an_entry_without_events_is_still_part_of_the_story(journal: Journal):
    record(journal, entry(1, "paused", events=[]))
    assert [(event.what, event.stage) for event in journal.orders.events(order_id(1))] == [
        ("accepted", "accepted"),
        ("", "paused"),
    ]


def test_an_entry_of_an_order_nobody_accepted_is_refused(journal: Journal):
    with pytest.raises(UnknownOrder):
        record(journal, entry(2, "asked"))


def test_a_line_is_released_only_by_the_order_that_holds_it(journal: Journal):
    journal.orders.accept(acceptance(2))
    record(journal, entry(2, "done", release_line=True))
    held_by = journal.lines.read(MSISDN).held_by
    assert held_by is not None
    assert held_by.order_id == order_id(1)


def test_a_message_is_queued_once_for_an_order_a_kind_and_a_channel(journal: Journal):
    record(journal, entry(1, "a", messages=[message(), message(channel="sms", to="+33639980001")]))
    record(journal, entry(1, "b", messages=[message(to="other@example.org"), message("port_in.late")]))
    queued = journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL)
    assert [(item.payload["kind"], item.payload["channel"], item.payload["to"]) for item in queued] == [
        ("port_in.done", "email", "camille@example.org"),
        ("port_in.done", "sms", "+33639980001"),
        ("port_in.late", "email", "camille@example.org"),
    ]


def test_lists_are_paged_newest_first_and_filtered(journal: Journal):
    for number in range(2, 8):
        journal.orders.accept(acceptance(number))
    attention = OrderStatus(state=OrderState.HELD, stage="asked", needs_attention=True)
    record(journal, entry(3, "held").model_copy(update={"status": attention}))
    record(journal, entry(4, "done", OrderState.COMPLETED))
    first = journal.orders.page(limit=4)
    second = journal.orders.page(limit=4, after=first.next)
    assert [view.order_id for view in first.items + second.items] == [order_id(n) for n in (7, 6, 5, 4, 3, 2, 1)]
    assert second.next is None
    assert [view.order_id for view in journal.orders.page(state="completed").items] == [order_id(4)]
    assert [view.order_id for view in journal.orders.page(needs_attention=True).items] == [order_id(3)]
    assert [view.order_id for view in journal.orders.page(msisdn=MSISDN, kind="port_in").items] == [order_id(1)]
    assert journal.orders.page(after="pi-unknown").items == []
    late = OrderStatus(state=OrderState.PENDING, stage="asked", late=True)
    record(journal, entry(5, "promise_missed").model_copy(update={"status": late}))
    assert [view.order_id for view in journal.orders.page(late=True).items] == [order_id(5)]
    assert order_id(5) not in [view.order_id for view in journal.orders.page(late=False).items]
    assert journal.orders.count_late() == 1
    counts = journal.orders.counts()
    assert (counts["completed"], counts["held"], counts["acknowledged"], sum(counts.values())) == (1, 1, 4, 7)


def test_what_changed_since_an_event_is_found_once(journal: Journal):
    journal.orders.accept(acceptance(2))
    last = journal.orders.last_event()
    assert set(journal.orders.changed_since(last)) == set()
    record(journal, entry(2, "asked"))
    assert set(journal.orders.changed_since(last)) == {order_id(2)}
    assert journal.orders.last_event() > last
