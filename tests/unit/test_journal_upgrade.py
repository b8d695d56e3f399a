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

from domain.deliveries import DeliveryKind
from domain.lines import LineChange
from domain.orders import OrderState, OrderStatus
from journal import (
    CUSTOMER_MESSAGE,
    START_WORKFLOW,
    Journal,
    JournalTooNew,
    JournalTooOld,
    NotAJournal,
    UnusableJournal,
    dialect,
    schema,
)
from journal.upgrade import OLDEST
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


@pytest.fixture(params=[1, 2, 3, 4])
def old(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Path:
    from_release(request.param, database, tmp_path)
    return tmp_path


def from_release(version: int, database: str, folder: Path) -> None:
    """Puts the journal that a release with this version left into the folder's database."""
    left = (SUPPORT / f"journal_version_{version}.sql").read_text()
    file = ":memory:" if database == "postgresql" else folder / "journal.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(left)
        if database == "postgresql":
            move(connection, folder)


def move(old: sqlite3.Connection, folder: Path) -> None:
    """Makes the tables of an SQLite journal, with all that is in them, in the folder's database."""
    tables, source, target = MetaData(), create_engine("sqlite://", creator=lambda: old), create_engine(url_in(folder))

    @event.listens_for(tables, "column_reflect")
    def as_declared(_inspector: object, table: Table, column: ReflectedColumn) -> None:
        declared = schema.metadata.tables[table.name].c.get(column["name"])
        if declared is None:  # of an earlier version only
            column.update(type=column["type"].as_generic(), default=None)
        else:
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
    first, second = journal.orders.read(order_id(1)), journal.orders.read(order_id(2))
    assert first is not None
    assert second is not None
    assert (first.status.state, second.status.state) == (OrderState.PENDING, OrderState.COMPLETED)
    assert journal.orders.verify(order_id(1)).ok
    assert {event.code for event in journal.orders.events(order_id(1))} == {"note"}  # there were no codes
    assert journal.orders.count_late() == 0
    assert {order_id(1), order_id(2)} <= {view.order_id for view in journal.orders.page(late=False).items}
    starts = [item.order_id for item in journal.outbox.claim(START_WORKFLOW, 10, 30, REAL)]
    assert starts[:2] == [order_id(1), order_id(2)]
    assert journal.outbox.count_unsent(order_id(1), "port_in.received") == 1
    assert len(journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL + timedelta(seconds=5))) == 1
    late = OrderStatus(state=OrderState.COMPLETED, stage="closed", late=True)
    record(journal, entry(1, "closed", seq=2, line_changes=[LineChange.SWAPPED]).model_copy(update={"status": late}))
    assert journal.orders.count_late() == 1
    assert journal.orders.verify(order_id(1)).ok
    assert journal.lines.facts(MSISDN).swapped_at == NOW
    again = journal.orders.accept(acceptance(1))
    assert (again.replayed, [event.code for event in again.events]) == (True, ["accepted"])
    assert (len(journal.lines.read(MSISDN).orders), journal.lines.read(MSISDN).former) == (1, 0)
    assert journal.quarantines.count_overdue(NOW + timedelta(days=365)) == 0
    assert journal.orders.accept(acceptance(3, msisdn=None, related_to=order_id(1))).related_to == order_id(1)
    assert journal.inbox.deliver(order_id(1), DeliveryKind.LINE_NEWS, {}, "a", at_real=REAL)


def test_an_upgraded_journal_opens_again_and_refuses_to_change_events_as_before(old: Path):
    open_journal(old).close()
    assert open_journal(old).orders.verify(order_id(2)).ok
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
    assert all(journal.orders.verify(order_id(1)).ok for journal in opened)


def test_claims_and_dead_letters_of_an_earlier_release_are_as_they_were(tmp_path: Path, database: str):
    from_release(4, database, tmp_path)
    run_sql(
        tmp_path,
        "INSERT INTO inbox VALUES (1, 'cancel', 'CIRUS-000000000000001', NULL, 'aside', 'unknown', 0, '')",
    )
    journal = open_journal(tmp_path)
    line = journal.lines.read("+33639989999")
    assert line.held_by is not None
    assert [line.held_by.kind, *(each.kind for each in line.behind)] == ["port_out", "termination"]
    assert journal.lines.blocked_by("+33639989999", "sim_replacement") is not None
    record(journal, entry(8, "closed", release_line=True))
    assert journal.lines.blocked_by("+33639989999", "sim_replacement") is None  # the termination is preemptible
    assert journal.inbox.receive(1, "cancel", "CIRUS-000000000000001", {}).state == "dead"


def refused(folder: Path) -> UnusableJournal:
    before = shape(folder)
    with pytest.raises(UnusableJournal) as refusal:
        open_journal(folder)
    assert shape(folder) == before
    return refusal.value


def test_a_journal_of_a_newer_program_is_refused_by_its_version(tmp_path: Path, database: str):
    open_journal(tmp_path).close()
    run_sql(tmp_path, "UPDATE schema_version SET version = 99")
    refusal = refused(tmp_path)
    assert isinstance(refusal, JournalTooNew)
    assert f"has version 99, this program needs version {schema.VERSION}" in str(refusal)


def test_a_journal_that_is_too_old_is_refused_by_its_version(tmp_path: Path, database: str):
    run_sql(
        tmp_path,
        "CREATE TABLE schema_version (version INTEGER NOT NULL)",
        "INSERT INTO schema_version VALUES (0)",
    )
    refusal = refused(tmp_path)
    assert isinstance(refusal, JournalTooOld)
    assert f"has version 0, this program needs version {schema.VERSION} and can bring version {OLDEST}" in str(refusal)


@pytest.mark.parametrize(
    "made",
    [
        ["CREATE TABLE orders (order_id INTEGER NOT NULL)"],
        ["CREATE TABLE schema_version (version INTEGER NOT NULL)"],
        ["CREATE TABLE schema_version (version VARCHAR(9))", "INSERT INTO schema_version VALUES ('1.24')"],
        ["CREATE TABLE schema_version (version_partition INTEGER, curr_version VARCHAR(9))"],
    ],
    ids=["other tables", "no version", "a version that is no number", "the schema of another program"],
)
def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, database: str, made: list[str]):
    run_sql(tmp_path, *made)
    refusal = refused(tmp_path)
    assert isinstance(refusal, NotAJournal)
    needed = f"this program needs a journal of version {schema.VERSION}"
    assert f"holds no version of a journal but other tables, {needed}" in str(refusal)
