"""A journal of an earlier release is brought up to date when it is opened, and loses nothing."""

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from domain.lines import LineChange
from domain.orders import OrderState, OrderStatus
from journal import CUSTOMER_MESSAGE, START_WORKFLOW, Journal, schema
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, open_journal, order_id, record, url_in

SUPPORT = Path(__file__).parents[1] / "support"
"""As earlier releases left it: order 1 asked and waiting, order 2 completed, a message and two starts to send."""


@pytest.fixture(params=[1, 2, 3])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.executescript((SUPPORT / f"journal_version_{request.param}.sql").read_text())
    connection.close()
    return tmp_path


def shape(folder: Path) -> dict[str, set[str]]:
    """The columns and indexes of every table."""
    inspected = inspect(create_engine(url_in(folder)))
    return {
        table: {column["name"] for column in inspected.get_columns(table)}
        | {str(index["name"]) for index in inspected.get_indexes(table)}
        for table in inspected.get_table_names()
    }


def test_an_upgraded_journal_has_the_tables_of_a_new_one(old: Path, tmp_path_factory: pytest.TempPathFactory):
    new = tmp_path_factory.mktemp("new")
    open_journal(new)
    assert shape(old) != shape(new)
    open_journal(old)
    assert shape(old) == shape(new)


def test_orders_of_an_earlier_release_are_read_checked_and_go_on(old: Path):
    journal = open_journal(old)
    first, second = journal.order(order_id(1)), journal.order(order_id(2))
    assert first is not None
    assert second is not None
    assert (first.status.state, second.status.state) == (OrderState.PENDING, OrderState.COMPLETED)
    assert journal.verify(order_id(1)).ok
    assert journal.late_count() == 0
    assert {view.order_id for view in journal.orders(late=False).items} == {order_id(1), order_id(2)}
    assert len(journal.claim(START_WORKFLOW, 10, 30, REAL)) == 2
    assert journal.unsent(order_id(1), "port_in.received") == 1
    assert len(journal.claim(CUSTOMER_MESSAGE, 10, 30, REAL + timedelta(seconds=5))) == 1
    late = OrderStatus(state=OrderState.COMPLETED, stage="closed", late=True)
    record(journal, entry(1, "closed", seq=2, line_changes=[LineChange.SWAPPED]).model_copy(update={"status": late}))
    assert journal.late_count() == 1
    assert journal.verify(order_id(1)).ok
    assert journal.line_facts(MSISDN).swapped_at == NOW
    assert journal.accept(acceptance(1)).replayed
    assert (len(journal.line(MSISDN).orders), journal.line(MSISDN).former) == (1, 0)
    assert journal.overdue_quarantines(NOW + timedelta(days=365)) == 0


def test_an_upgraded_journal_opens_again_and_refuses_to_change_events_as_before(old: Path):
    open_journal(old).close()
    assert open_journal(old).verify(order_id(2)).ok
    with sqlite3.connect(old / "journal.sqlite") as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(schema.VERSION,)]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM events")
    connection.close()


def test_processes_that_open_an_old_journal_at_once_upgrade_it_once(old: Path):
    opened: list[Journal] = []
    together = threading.Barrier(8)

    def open_it() -> None:
        together.wait()
        opened.append(open_journal(old))

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    assert all(journal.verify(order_id(1)).ok for journal in opened)
