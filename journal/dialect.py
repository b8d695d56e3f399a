"""Everything that differs between SQLite and PostgreSQL."""

import os
import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

Synchronous = Literal["full", "normal"]

WRITING = "journal_writing"
"""Execution option of connections that are going to write."""

_BUSY_TIMEOUT_MS = 30_000
_APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS events_are_never_changed BEFORE UPDATE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS events_are_never_deleted BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
_APPEND_ONLY_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE OR REPLACE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def make_engine(url: str, synchronous: Synchronous) -> Engine:
    """An engine for the journal's database. A new SQLite file is readable by its owner only."""
    parsed = make_url(url)
    return _sqlite_engine(parsed, synchronous) if parsed.get_backend_name() == "sqlite" else _other_engine(parsed)


def for_reading(engine: Engine) -> Engine:
    """The engine of transactions that see one state of the database: SQLite's do, others have to be told."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def write_lock(engine: Engine) -> AbstractContextManager[Any]:
    """What a writing thread holds. SQLite has one writer and waits for it by polling, in no order: threads queue
    here.
    """
    return threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()


def serialise_schema(connection: Connection) -> None:
    """Lets only one process create the schema. SQLite's write transaction does so already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(728271)")


def serialise_slots(connection: Connection) -> None:
    """Lets only one transaction at a time look for a slot with room. SQLite's writers wait for each other already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(728272)")


def serialise_deliveries(connection: Connection, order_id: str) -> None:
    """Lets only one transaction at a time write to an order's inbox. SQLite's writers wait for each other already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(728275, hashtext(:order_id))"), {"order_id": order_id})


def serialise_claims(connection: Connection) -> None:
    """Lets only one transaction at a time claim: who skips the rows that another one is about to claim would take what
    has to come after them. SQLite's writers wait for each other already.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(728273)")


def wait_for_writers(connection: Connection) -> None:
    """Until every transaction that is writing now has ended: numbers are given before they are seen, and a later one
    may be seen first. SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(728274)")


def is_deadlock(error: DBAPIError) -> bool:
    """Whether the database has undone the transaction so that another one that waited for it could go on."""
    return getattr(error.orig, "sqlstate", None) == "40P01"


def make_append_only(connection: Connection) -> None:
    """The database itself refuses to change or delete events."""
    statements = _APPEND_ONLY_SQLITE if connection.dialect.name == "sqlite" else _APPEND_ONLY_POSTGRESQL
    for statement in statements:
        connection.exec_driver_sql(statement)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


@retry(
    retry=retry_if_exception(_is_busy),
    stop=stop_after_delay(_BUSY_TIMEOUT_MS / 1000),
    wait=wait_random(0.01, 0.1),
    reraise=True,
)
def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Of several processes that turn an old or new file to WAL at once SQLite refuses some without the busy timeout."""
    cursor.execute("PRAGMA journal_mode = WAL")


def _other_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # First of all: who waits here has locked nothing that another writer waits for.
        if connection.dialect.name == "postgresql" and connection.get_execution_options().get(WRITING):
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock_shared(728274)")

    return engine


def _sqlite_engine(url: URL, synchronous: Synchronous) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None  # transactions begin where we say, below
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        _use_wal(cursor)
        cursor.execute(f"PRAGMA synchronous = {synchronous.upper()}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later cannot wait for the lock: writers take it at once.
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
