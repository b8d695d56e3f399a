"""The journal's SQL can follow to PostgreSQL: it compiles there, and claims skip what others have locked."""

import pytest
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from journal import (
    acceptance,
    chain,
    claims,
    codes,
    deliveries,
    dossiers,
    entries,
    inbox,
    line_facts,
    line_news,
    lines,
    orders,
    outbox,
    profiles,
    quarantines,
    schema,
    slots,
)

PARTS = (
    acceptance,
    chain,
    claims,
    codes,
    deliveries,
    dossiers,
    entries,
    inbox,
    line_facts,
    line_news,
    lines,
    orders,
    outbox,
    profiles,
    quarantines,
    slots,
)
STATEMENTS = [
    (f"{part.__name__}.{name}", value)
    for part in PARTS
    for name, value in vars(part).items()
    if isinstance(value, Executable)
]


@pytest.mark.parametrize("statement", [value for _, value in STATEMENTS], ids=[name for name, _ in STATEMENTS])
def test_every_statement_compiles_for_both_databases(statement: Executable):
    for dialect in (postgresql.dialect(), sqlite.dialect()):
        assert str(statement.compile(dialect=dialect))  # type: ignore[attr-defined]


def test_there_are_statements_to_look_at():
    assert len(STATEMENTS) > 40


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_and_index_can_be_made_in_postgresql(table):
    dialect = postgresql.dialect()
    made = str(CreateTable(table).compile(dialect=dialect))
    assert table.name in made
    assert all(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    if table.name in {"orders", "events", "outbox", "activation_codes"}:
        assert "BIGSERIAL" in made


def test_claims_skip_rows_that_others_have_locked_where_there_are_row_locks():
    assert "FOR UPDATE SKIP LOCKED" in str(outbox._lock_due.compile(dialect=postgresql.dialect()))
    assert "FOR UPDATE" not in str(outbox._lock_due.compile(dialect=sqlite.dialect()))
