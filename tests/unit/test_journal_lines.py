"""A line's locks, bars and changes of SIM, stamped with the transition that made them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.lines import LineChange, LineFacts
from domain.orders import OrderState
from journal import Journal, LineHeld, LineLocked, UnknownOrder
from tests.support.journal_kit import MSISDN, NOW, acceptance, entry, order_id, record

pytestmark = pytest.mark.usefixtures("database")

LOCK, UNLOCK, BAR, KEPT, UNBAR, SWAP = (
    LineChange.LOCKED,
    LineChange.UNLOCKED,
    LineChange.BARRED,
    LineChange.KEPT_BARRED,
    LineChange.UNBARRED,
    LineChange.SWAPPED,
)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def service(journal: Journal, number: int, seconds: int = 0, **changed: Any) -> None:
    """Accepts an order on the line that does not hold it."""
    values = {"kind": "line_service", "msisdn": MSISDN, "accepted_at": at(seconds)}
    journal.orders.accept(acceptance(number, **{**values, **changed}))


def changed(journal: Journal, number: int, seconds: int, *changes: LineChange) -> LineFacts:
    record(journal, entry(number, f"{seconds}", line_changes=list(changes)), after_s=seconds)
    return journal.lines.facts(MSISDN)


def test_a_line_that_was_never_touched_is_neither_locked_nor_barred(journal: Journal):
    assert journal.lines.facts(MSISDN) == LineFacts()
    service(journal, 1)
    assert journal.lines.facts_of(order_id(1)) == LineFacts()
    with pytest.raises(UnknownOrder):
        journal.lines.facts_of(order_id(9))


def test_a_bar_is_stamped_with_its_order_and_ends_with_its_lifting(journal: Journal):
    service(journal, 1)
    service(journal, 2)
    assert changed(journal, 1, 5, BAR) == LineFacts(barred_since=at(5), barred_by=order_id(1))
    assert changed(journal, 2, 6, KEPT) == LineFacts(barred_since=at(5), barred_by=order_id(1))
    assert changed(journal, 2, 7, BAR) == LineFacts(barred_since=at(7), barred_by=order_id(2))  # the last word counts
    assert journal.lines.facts_of(order_id(2)) == journal.lines.facts(MSISDN)
    assert changed(journal, 2, 8, UNBAR) == LineFacts()


def test_a_change_of_sim_is_remembered_and_ends_the_bar_of_the_old_sim(journal: Journal):
    journal.orders.accept(acceptance(1))
    changed(journal, 1, 5, BAR)
    assert changed(journal, 1, 6, SWAP) == LineFacts(swapped_at=at(6), swapped_by=order_id(1))


def test_a_bar_that_another_order_brought_while_the_sim_was_replaced_outlives_the_change_of_sim(journal: Journal):
    journal.orders.accept(acceptance(1))
    service(journal, 2, 1)
    changed(journal, 2, 5, BAR)
    kept = LineFacts(barred_since=at(5), barred_by=order_id(2), swapped_at=at(6), swapped_by=order_id(1))
    assert changed(journal, 1, 6, SWAP) == kept


def test_a_bar_from_before_the_order_ends_with_the_change_of_sim(journal: Journal):
    service(journal, 2)
    changed(journal, 2, 5, BAR)
    journal.orders.accept(acceptance(1, accepted_at=at(6)))
    assert changed(journal, 1, 7, SWAP) == LineFacts(swapped_at=at(7), swapped_by=order_id(1))


def test_a_repeated_entry_changes_the_line_once(journal: Journal):
    service(journal, 1)
    service(journal, 2)
    changed(journal, 1, 5, BAR)
    changed(journal, 2, 6, UNBAR)
    assert not record(journal, entry(1, "5", line_changes=[BAR]), after_s=9)
    assert journal.lines.facts(MSISDN) == LineFacts()


def test_a_lock_acts_with_its_acceptance_and_refuses_orders_that_respect_it(journal: Journal):
    service(journal, 1, line_changes=[LOCK])
    service(journal, 2, 10, unlocks_at=at(100))
    with pytest.raises(LineLocked) as locked:
        journal.orders.accept(acceptance(3, msisdn=MSISDN, refuses_locked=True))
    assert (locked.value.since, locked.value.unlocks_at) == (NOW, at(100))
    assert MSISDN not in str(locked.value)
    assert journal.orders.read(order_id(3)) is None
    assert journal.lines.read(MSISDN).held_by is None
    assert not journal.orders.accept(acceptance(3, msisdn=MSISDN)).replayed  # one that does not ask for the lock


def test_an_unlocking_opens_the_lock_and_the_line_takes_orders_again(journal: Journal):
    service(journal, 1, line_changes=[LOCK])
    service(journal, 2, 10, unlocks_at=at(100))
    assert journal.lines.facts(MSISDN).locked_since == NOW  # its hour has to be carried out
    assert changed(journal, 2, 100, UNLOCK) == LineFacts()
    assert not journal.orders.accept(acceptance(3, msisdn=MSISDN, refuses_locked=True)).replayed


def test_who_locks_again_undoes_an_unlocking_that_is_under_way(journal: Journal):
    service(journal, 1, line_changes=[LOCK])
    service(journal, 2, 10, unlocks_at=at(100))
    service(journal, 3, 20, line_changes=[LOCK])
    again = LineFacts(locked_since=at(20), locked_by=order_id(3))
    assert journal.lines.facts(MSISDN) == again
    assert changed(journal, 2, 100, UNLOCK) == again


def test_an_unlocking_that_was_cancelled_is_announced_no_longer(journal: Journal):
    service(journal, 1, line_changes=[LOCK])
    service(journal, 2, 10, unlocks_at=at(100))
    service(journal, 3, 20, unlocks_at=at(110))
    assert journal.lines.facts(MSISDN).unlocks_at == at(100)  # the first opens it
    record(journal, entry(3, "withdrawn", OrderState.CANCELLED))
    assert journal.lines.facts(MSISDN).unlocks_at == at(100)
    record(journal, entry(2, "withdrawn", OrderState.CANCELLED))
    assert journal.lines.facts(MSISDN) == LineFacts(locked_since=NOW, locked_by=order_id(1))


def test_unlocking_a_line_without_a_lock_announces_nothing(journal: Journal):
    service(journal, 1, unlocks_at=at(100))
    assert journal.lines.facts(MSISDN) == LineFacts()


def test_an_order_that_does_not_hold_the_line_is_accepted_beside_the_one_that_does(journal: Journal):
    journal.orders.accept(acceptance(1))
    service(journal, 2)
    with pytest.raises(LineHeld):
        journal.orders.accept(acceptance(3, msisdn=MSISDN))
    record(journal, entry(2, "done", release_line=True))
    held_by = journal.lines.read(MSISDN).held_by
    assert held_by is not None
    assert held_by.order_id == order_id(1)


def test_orders_made_with_another_are_accepted_with_it_or_not_at_all(journal: Journal):
    handset = acceptance(2, kind="line_service", msisdn=MSISDN)
    journal.orders.accept(acceptance(7, msisdn=MSISDN))
    with pytest.raises(LineHeld):
        journal.orders.accept(acceptance(1, also=[handset]))
    assert journal.orders.read(order_id(2)) is None
    record(journal, entry(7, "done", release_line=True))
    assert journal.orders.accept(acceptance(1, also=[handset])).order_id == order_id(1)
    assert [view.order_id for view in journal.lines.read(MSISDN).orders] == [order_id(n) for n in (2, 1, 7)]
    assert journal.outbox.awaits_start(order_id(2))
    again = journal.orders.accept(
        acceptance(3, key="key-1", fingerprint="body-1", also=[acceptance(4, kind="line_service")])
    )
    assert (again.replayed, again.order_id) == (True, order_id(1))
    assert journal.orders.read(order_id(4)) is None


def test_an_order_whose_companion_is_refused_is_not_accepted(journal: Journal):
    journal.orders.accept(acceptance(2))
    with pytest.raises(LineHeld):
        journal.orders.accept(acceptance(1, also=[acceptance(3, msisdn="+33639980002", line_changes=[LOCK])]))
    assert journal.orders.read(order_id(1)) is None
    assert journal.lines.read(MSISDN).held_by is None
    assert journal.lines.facts("+33639980002") == LineFacts()
