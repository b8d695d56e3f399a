"""Bringing the tables of an earlier release up to those of `journal.schema`, in the transaction that opens them.

New tables and their indexes are made by `create_all`; what is listed here is what it does not do: changes of tables
that exist. Each statement is understood by SQLite and PostgreSQL alike.
"""

from sqlalchemy import Connection, insert, inspect, select, update

from journal import dialect, schema
from journal.errors import JournalTooNew, JournalTooOld, NotAJournal

_CHANGES: dict[int, dict[str, tuple[str, ...]]] = {
    2: {
        "orders": (
            "ALTER TABLE orders ADD COLUMN late BOOLEAN DEFAULT FALSE NOT NULL",
            "CREATE INDEX orders_by_late ON orders (late, n)",
        )
    },
    3: {"lines": ("ALTER TABLE lines ADD COLUMN life_began_at BIGINT",)},
    4: {
        "line_holds": (
            "ALTER TABLE line_holds ADD COLUMN lends BOOLEAN DEFAULT FALSE NOT NULL",
            "ALTER TABLE line_holds ADD COLUMN firm BOOLEAN DEFAULT FALSE NOT NULL",
        )
    },
    5: {
        "line_holds": (
            "ALTER TABLE line_holds RENAME COLUMN lends TO preemptible",
            "ALTER TABLE line_holds RENAME COLUMN firm TO exclusive",
        ),
        "line_claims": ("ALTER TABLE line_claims RENAME COLUMN lends TO preemptible",),
        "inbox": ("UPDATE inbox SET state = 'dead' WHERE state = 'aside'",),
        "port_requests": ("ALTER TABLE port_requests RENAME COLUMN word_sealed TO decision_sealed",),
        "orders": (
            # SQLite cannot take NOT NULL off a column: another one takes its place.
            "ALTER TABLE orders ADD COLUMN new_line_hash VARCHAR(32)",
            "UPDATE orders SET new_line_hash = line_hash",
            "DROP INDEX ix_orders_line_hash",
            "ALTER TABLE orders DROP COLUMN line_hash",
            "ALTER TABLE orders RENAME COLUMN new_line_hash TO line_hash",
            "CREATE INDEX ix_orders_line_hash ON orders (line_hash)",
            "ALTER TABLE orders ADD COLUMN related_to VARCHAR(32)",
            "CREATE INDEX orders_by_related_to ON orders (related_to, n)",
        ),
    },
}
"""What each version changed, by the table. One that a still older journal did not have is made as it is now."""

OLDEST = min(_CHANGES) - 1
"""The oldest version that can be brought up to date."""


def make_tables(connection: Connection) -> None:
    """Creates what is missing and changes what is old. Raises `JournalTooNew`, `JournalTooOld`, `NotAJournal`, and then
    has touched nothing.
    """
    dialect.serialise_schema(connection)
    there = set(inspect(connection).get_table_names())
    found = _version(connection, there)
    schema.metadata.create_all(connection)
    dialect.make_append_only(connection)
    if found is None:
        connection.execute(insert(schema.schema_version), {"version": schema.VERSION})
        return
    for version in range(found + 1, schema.VERSION + 1):
        for table in there & _CHANGES[version].keys():
            for statement in _CHANGES[version][table]:
                connection.exec_driver_sql(statement)
    if found < schema.VERSION:
        connection.execute(update(schema.schema_version).values(version=schema.VERSION))


def _version(connection: Connection, there: set[str]) -> int | None:
    """The version of the journal in the database, None for an empty database."""
    if not there:
        return None
    name = schema.schema_version.name
    columns = inspect(connection).get_columns(name) if name in there else []
    if [column["name"] for column in columns] != ["version"]:
        raise NotAJournal(schema.VERSION)
    found = connection.execute(select(schema.schema_version.c.version)).scalar()
    if not isinstance(found, int):
        raise NotAJournal(schema.VERSION)
    if found > schema.VERSION:
        raise JournalTooNew(found, schema.VERSION)
    if found < OLDEST:
        raise JournalTooOld(found, OLDEST, schema.VERSION)
    return found
