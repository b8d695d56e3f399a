"""A journal of an earlier release is brought up to date when it is opened, and loses nothing."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import DBAPIError

from domain.lines import LineChange
from domain.orders import OrderState, OrderStatus
from journal import CUSTOMER_MESSAGE, START_WORKFLOW, Journal, dialect, schema
from tests.support.journal_kit import (
    MSISDN,
    NOW,
    REAL,
    acceptance,
    entry,
    open_journal,
    order_id,
    record,
    run_sql,
    url_in,
)
from tests.support.postgresql import use_database

MAKES_ITS_OWN_TABLES = True
SUPPORT = Path(__file__).parents[1] / "support"
"""As earlier releases left it: order 1 asked and waiting, order 2 completed, a message and two starts to send."""


@pytest.fixture(params=[1, 2, 3])
def old(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Path:
    left = (SUPPORT / f"journal_version_{request.param}.sql").read_text()
    file = ":memory:" if database == "postgresql" else tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(left)
        if database == "postgresql":
            move(connection, tmp_path)
    return tmp_path


def move(old: sqlite3.Connection, folder: Path) -> None:
    """Makes the tables of an SQLite journal, with all that is in them, in the folder's database."""
    tables, source, target = MetaData(), create_engine("sqlite://", creator=lambda: old), create_engine(url_in(folder))

    @event.listens_for(tables, "column_reflect")
    def as_declared(_inspector: object, table: Table, column: ReflectedColumn) -> None:
        declared = schema.metadata.tables[table.name].c[column["name"]]
        column.update(type=declared.type, autoincrement=declared.autoincrement, default=None)

    with source.connect() as there, target.begin() as here:
        tables.reflect(there)
        tables.create_all(here)
        dialect.make_append_only(here)
        for table in tables.sorted_tables:
            if rows := there.execute(select(table)).mappings().all():
                here.execute(insert(table), rows)
            counter = table.autoincrement_column
            if rows and counter is not None:
                sequence = func.pg_get_serial_sequence(table.name, counter.name)
                here.execute(select(func.setval(sequence, select(func.max(counter)).scalar_subquery())))
    target.dispose()


def shape(folder: Path) -> dict[str, set[str]]:
    """The columns and indexes of every table."""
    inspected = inspect(create_engine(url_in(folder)))
    return {
        table: {column["name"] for column in inspected.get_columns(table)}
        | {str(index["name"]) for index in inspected.get_indexes(table)}
        for table in inspected.get_table_names()
    }


def test_an_upgraded_journal_has_the_tables_of_a_new_one(old: Path, database: str, tmp_path_factory, request):
    new = tmp_path_factory.mktemp("new")
    use_database(request, database, new)
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
    with create_engine(url_in(old)).connect() as connection:
        assert connection.execute(select(schema.schema_version)).scalars().all() == [schema.VERSION]
    with pytest.raises(DBAPIError, match="append-only"):
        run_sql(old, "DELETE FROM events")


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
