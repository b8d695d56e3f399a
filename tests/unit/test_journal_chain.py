"""Whoever alters an order's events behind the journal's back is found out."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import DBAPIError

from domain.orders import OrderState
from journal import Journal, Sealed, UnknownOrder
from journal.chain import Clear, link
from journal.schema import events
from tests.support.journal_kit import acceptance, entry, open_journal, order_id, record, run_sql, url_in

pytestmark = pytest.mark.usefixtures("database")

UNGUARDED = {
    "sqlite": ("DROP TRIGGER events_are_never_changed", "DROP TRIGGER events_are_never_deleted"),
    "postgresql": ("ALTER TABLE events DISABLE TRIGGER ALL",),
}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(tmp_path)
    for number in (1, 2):
        opened.orders.accept(acceptance(number))
        for place, key in enumerate(("asked", "agreed", "ported"), start=1):
            record(opened, entry(number, key, seq=place), after_s=place)
    return opened


def tamper(folder: Path, *statements: str) -> None:
    """Runs statements past the triggers."""
    database = make_url(url_in(folder)).get_backend_name()
    run_sql(folder, *UNGUARDED[database], *statements)


OF_ORDER_1 = f"order_id = '{order_id(1)}'"
OTHER_BYTES = f"(SELECT order_sealed FROM orders WHERE {OF_ORDER_1})"


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        (f"UPDATE events SET what = 'refused' WHERE {OF_ORDER_1} AND seq = 2", 2),
        (f"UPDATE events SET at = at + 1 WHERE {OF_ORDER_1} AND seq = 3", 3),
        (f"UPDATE events SET state = 'completed' WHERE {OF_ORDER_1} AND seq = 1", 1),
        (f"UPDATE events SET body_sealed = {OTHER_BYTES} WHERE {OF_ORDER_1} AND seq = 4", 4),
        (f"UPDATE events SET hash = 'x' WHERE {OF_ORDER_1} AND seq = 2", 2),
        (f"DELETE FROM events WHERE {OF_ORDER_1} AND seq = 2", 2),
        (f"DELETE FROM events WHERE {OF_ORDER_1} AND seq = 4", 4),
        (f"DELETE FROM events WHERE {OF_ORDER_1}", 1),
        (f"UPDATE orders SET state = 'completed' WHERE {OF_ORDER_1}", 4),
        (f"UPDATE orders SET needs_attention = TRUE WHERE {OF_ORDER_1}", 4),
        (f"UPDATE orders SET late = TRUE WHERE {OF_ORDER_1}", 4),
        (f"UPDATE orders SET status_sealed = (SELECT status_sealed FROM orders WHERE order_id = '{order_id(2)}')", 4),
    ],
)
def test_every_alteration_of_an_order_is_detected(journal: Journal, tmp_path: Path, statement: str, broken_at: int):
    assert journal.orders.verify(order_id(1)).ok
    tamper(tmp_path, statement)
    report = journal.orders.verify(order_id(1))
    assert not report.ok
    assert report.broken_at == broken_at
    assert report.reason


def test_whoever_recomputes_the_hashes_still_lacks_the_key(journal: Journal, tmp_path: Path):
    with create_engine(url_in(tmp_path)).begin() as connection:
        rows = connection.execute(select(events).where(events.c.order_id == order_id(1)).order_by(events.c.seq)).all()
    previous, statements = "0" * 64, []
    for row in rows:
        clear = Clear.of(row)
        if row.seq == 2:
            clear = Clear(**{**vars(clear), "what": "refused"})
        previous = link(clear, row.body_sealed, previous)
        statements.append(
            f"UPDATE events SET what = '{clear.what}', hash = '{previous}' WHERE {OF_ORDER_1} AND seq = {row.seq}"
        )
    tamper(tmp_path, *statements, f"UPDATE orders SET head_hash = '{previous}' WHERE {OF_ORDER_1}")
    report = journal.orders.verify(order_id(1))
    assert (report.ok, report.broken_at) == (False, 2)


def test_a_tail_cut_off_with_the_head_set_back_is_detected(journal: Journal, tmp_path: Path):
    earlier = f"(SELECT hash FROM events WHERE {OF_ORDER_1} AND seq = 3)"
    tamper(
        tmp_path,
        f"UPDATE orders SET head_seq = 3, head_hash = {earlier} WHERE {OF_ORDER_1}",
        f"DELETE FROM events WHERE {OF_ORDER_1} AND seq = 4",
    )
    assert not journal.orders.verify(order_id(1)).ok


def test_the_other_orders_stay_intact(journal: Journal, tmp_path: Path):
    tamper(tmp_path, f"UPDATE events SET what = 'refused' WHERE {OF_ORDER_1}")
    assert journal.orders.verify(order_id(2)).ok


def test_reading_an_altered_event_or_order_is_refused(journal: Journal, tmp_path: Path):
    tamper(
        tmp_path,
        f"UPDATE events SET what = 'refused' WHERE {OF_ORDER_1} AND seq = 2",
        f"UPDATE orders SET donor = 'BOREA' WHERE order_id = '{order_id(2)}'",
    )
    with pytest.raises(Sealed):
        journal.orders.events(order_id(1))
    with pytest.raises(Sealed):
        journal.orders.read(order_id(2))


@pytest.mark.parametrize("statement", ["UPDATE events SET what = 'x'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_or_delete_events(journal: Journal, tmp_path: Path, statement: str):
    with pytest.raises(DBAPIError, match="append-only"):
        run_sql(tmp_path, statement)
    assert len(journal.orders.events(order_id(1))) == 4


def test_an_unknown_order_cannot_be_verified(journal: Journal):
    with pytest.raises(UnknownOrder):
        journal.orders.verify(order_id(9))


def test_a_chain_goes_on_over_final_states(journal: Journal):
    record(journal, entry(1, "done", OrderState.COMPLETED, seq=4))
    record(journal, entry(1, "paid", OrderState.COMPLETED, seq=5))
    assert journal.orders.verify(order_id(1)).events == 6
    assert journal.orders.verify(order_id(1)).ok
