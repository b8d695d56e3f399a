"""Bringing the tables of an earlier release up to those of `journal.schema`, in the transaction that opens them.

New tables and their indexes are made by `create_all`; what is listed here is what it does not do: changes of tables
that exist. Each statement is understood by SQLite and PostgreSQL alike.
"""

from sqlalchemy import Connection, insert, inspect, select, update

from journal import dialect, schema
from journal.errors import JournalTooNew

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
}
"""What each version changed, by the table. One that a still older journal did not have is made as it is now."""


def make_tables(connection: Connection) -> None:
    """Creates what is missing and changes what is old; raises `JournalTooNew` and touches nothing."""
    dialect.serialise_schema(connection)
    schema.schema_version.create(connection, checkfirst=True)
    found = connection.execute(select(schema.schema_version.c.version)).scalar()
    if found is not None and found > schema.VERSION:
        raise JournalTooNew(found, schema.VERSION)
    there = set(inspect(connection).get_table_names())
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
