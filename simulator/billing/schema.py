"""Billing's tables: the schema, the rows that are due, and the names of rows.

Instants are legal time, amounts decimal text.
"""

import re
from datetime import datetime
from typing import Any

from simulator.world.clock import iso, parse_iso
from simulator.world.world import World

PARTY = "care"
_SERIAL = re.compile(r"[0-9]{10}")
SCHEMA = """
CREATE TABLE IF NOT EXISTS fees (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, amount TEXT NOT NULL,
    UNIQUE (operator, reference)
);
CREATE TABLE IF NOT EXISTS open_fees (
    contract_id TEXT NOT NULL, fee INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (contract_id, fee)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS billing_accounts (
    contract_id TEXT PRIMARY KEY, operator TEXT NOT NULL, msisdn TEXT NOT NULL, behaviour TEXT NOT NULL,
    item_returned_at TEXT, due TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last_invoices (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, contract_id TEXT NOT NULL,
    msisdn TEXT NOT NULL, effective_at TEXT NOT NULL, leaving_fee TEXT NOT NULL, expected_at TEXT NOT NULL,
    state TEXT NOT NULL, issued_at TEXT, paid_at TEXT, lines TEXT NOT NULL, total TEXT NOT NULL, due TEXT,
    UNIQUE (operator, reference), UNIQUE (contract_id)
);
CREATE TABLE IF NOT EXISTS disputes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, contract_id TEXT NOT NULL,
    msisdn TEXT NOT NULL, invoice INTEGER NOT NULL, differences TEXT NOT NULL, state TEXT NOT NULL,
    credited TEXT NOT NULL, at TEXT, due TEXT, UNIQUE (operator, reference)
);
CREATE INDEX IF NOT EXISTS disputes_by_invoice ON disputes (invoice);
CREATE INDEX IF NOT EXISTS disputes_by_contract ON disputes (contract_id);
CREATE TABLE IF NOT EXISTS refunds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, contract_id TEXT NOT NULL,
    kind TEXT NOT NULL, amount TEXT NOT NULL, UNIQUE (operator, reference)
);
"""
CHANGING = ("billing_accounts", "last_invoices", "disputes")
"""Tables whose rows change by themselves, at the instant `due`."""
INDEXES = "".join(
    f"CREATE INDEX IF NOT EXISTS {table}_due ON {table} (due) WHERE due IS NOT NULL;\n" for table in CHANGING
)


def overdue(world: World, table: str, limit: int) -> list[dict[str, Any]]:
    """Rows whose next change should have happened by now, the oldest due first."""
    rows = world.store.execute(
        f"SELECT * FROM {table} WHERE due <= ? ORDER BY due LIMIT ?", (iso(world.clock.legal_now()), limit)
    )
    return [dict(row) for row in rows]


def next_due(world: World) -> datetime | None:
    """Legal instant of the next change in any of the tables; None when nothing is to come."""
    found = (
        world.store.execute(f"SELECT min(due) AS due FROM {table} WHERE due IS NOT NULL").fetchone()["due"]
        for table in CHANGING
    )
    return min((parse_iso(due) for due in found if due is not None), default=None)


def by_reference(world: World, table: str, operator: str, reference: str) -> dict[str, Any] | None:
    """The row with the caller's reference."""
    row = world.store.execute(
        f"SELECT * FROM {table} WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    return None if row is None else dict(row)


def by_name(world: World, table: str, operator: str, letter: str, name: str) -> dict[str, Any] | None:
    """The operator's row with that name."""
    if name[:1] != letter or not _SERIAL.fullmatch(name, 1):
        return None
    row = world.store.execute(
        f"SELECT * FROM {table} WHERE operator = ? AND id = ?", (operator, int(name[1:]))
    ).fetchone()
    return None if row is None else dict(row)


def named(letter: str, serial: int) -> str:
    """The name of a fee (F), an invoice (I), a dispute (D) or a refund (R)."""
    return f"{letter}{serial:010d}"


def record(world: World, effect: str, row: dict[str, Any], *, key: str | None = None, **detail: Any) -> None:
    """An effect of billing about one contract; `row` says whose, of which number, and under which reference."""
    about: dict[str, Any] = {name: row[name] for name in ("operator", "reference", "contract_id") if name in row}
    world.effects.record(PARTY, effect, key=key, msisdn=row["msisdn"], detail={**about, **detail})
