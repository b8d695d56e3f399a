"""An order may have no line of its own, and may belong to another order."""

import pytest

from domain.lines import LineChange, LineFacts
from domain.orders import OrderState
from journal import START_WORKFLOW, Acceptance, Journal, Sealed, UnknownOrder
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, message, order_id, record, run_sql

pytestmark = pytest.mark.usefixtures("database")

FLEET = order_id(9)


def fleet() -> Acceptance:
    return acceptance(9, kind="settlement", msisdn=None, donor="ALIZE", messages=[message("fleet.received")])


def test_an_order_without_a_line_is_accepted_started_recorded_and_read(journal: Journal):
    assert not journal.orders.accept(fleet()).replayed
    assert journal.orders.accept(fleet()).replayed
    closes = entry(9, "closed", OrderState.COMPLETED, release_line=True, line_changes=[LineChange.LOCKED])
    assert record(journal, closes)
    view = journal.orders.read(FLEET)
    assert view is not None
    assert (view.msisdn, view.related_to, view.status.state) == (None, None, OrderState.COMPLETED)
    assert journal.orders.verify(FLEET).ok
    assert [item.order_id for item in journal.outbox.claim(START_WORKFLOW, 10, 30, REAL)] == [FLEET]
    assert [each.order_id for each in journal.orders.page().items] == [FLEET]
    assert journal.lines.facts_of(FLEET) == LineFacts()
    with pytest.raises(ValueError, match="no line of its own"):
        journal.lines.take(FLEET, at_legal=NOW, at_real=REAL)
    with pytest.raises(UnknownOrder):
        journal.lines.facts_of(order_id(8))


def test_orders_without_a_line_do_not_exclude_each_other(journal: Journal):
    for number in (1, 2):
        journal.orders.accept(acceptance(number, kind="settlement", msisdn=None))
    assert journal.orders.counts()["acknowledged"] == 2


def test_an_order_says_which_one_it_belongs_to_and_is_found_by_it(journal: Journal):
    journal.orders.accept(fleet())
    for number in (1, 2):
        accepted = journal.orders.accept(acceptance(number, related_to=FLEET))
        assert accepted.related_to == FLEET
    journal.orders.accept(acceptance(3))
    again = journal.orders.accept(acceptance(1, related_to=FLEET))
    assert (again.replayed, again.related_to) == (True, FLEET)
    assert [each.order_id for each in journal.orders.page(related_to=FLEET).items] == [order_id(2), order_id(1)]
    first, third = journal.orders.read(order_id(1)), journal.orders.read(order_id(3))
    assert first is not None
    assert third is not None
    assert (first.related_to, third.related_to) == (FLEET, None)
    assert first.msisdn == MSISDN


@pytest.mark.parametrize("change", ["related_to = NULL", "related_to = 'pi-8'", "line_hash = NULL"])
def test_nobody_moves_an_order_to_another_one_unnoticed(journal: Journal, tmp_path, change: str):
    journal.orders.accept(acceptance(1, related_to=FLEET))
    run_sql(tmp_path, f"UPDATE orders SET {change}")
    with pytest.raises(Sealed):
        journal.orders.read(order_id(1))
