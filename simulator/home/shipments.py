"""Cards on their way by post, in legal time.

    preparing ──2 h──> shipped ──11:00 on the next working day──> delivered ──30 min──> inserted
        └──release──> stopped    ├── 2 days after it was due ──> lost
                                 └── 7 days after it was due ──> returned

The customer's behaviour decides between the branches. Every change is stored with the instant at which it was due,
however late it is made. A card that was voided meanwhile is delivered and never inserted.
"""

from datetime import datetime, time, timedelta
from typing import Any

from simulator.phones.behaviours import behaviour_of
from simulator.robots import working_days
from simulator.world.clock import iso, parse_iso
from simulator.world.world import World

PARTY = "logistics"
PATH = "/shipments"
TO_PREPARE = timedelta(hours=2)
TO_INSERT = timedelta(minutes=30)
DELIVERY = time(11)
AFTER_DUE = {"delivered": timedelta(0), "lost": timedelta(days=2), "returned": timedelta(days=7)}
"""What becomes of a shipped card, and how long after the promised delivery that is known."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS shipments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, msisdn TEXT NOT NULL,
    state TEXT NOT NULL, at TEXT NOT NULL, expected_at TEXT NOT NULL, next TEXT, due TEXT,
    UNIQUE (operator, reference)
);
CREATE INDEX IF NOT EXISTS shipments_due ON shipments (due) WHERE due IS NOT NULL;
"""


def order(world: World, operator: str, reference: str, msisdn: str) -> dict[str, Any]:
    """A new shipment, inside the caller's transaction."""
    now = world.clock.legal_now()
    leaves = now + TO_PREPARE
    expected = working_days.after(leaves, 1, DELIVERY)
    world.store.execute(
        "INSERT INTO shipments (operator, reference, msisdn, state, at, expected_at, next, due) "
        "VALUES (?, ?, ?, 'preparing', ?, ?, 'shipped', ?)",
        (operator, reference, msisdn, iso(now), iso(expected), iso(leaves)),
    )
    ordered = find(world, operator, reference)
    assert ordered is not None
    return ordered


def find(world: World, operator: str, reference: str) -> dict[str, Any] | None:
    """The shipment of a reference: its row and its `tracking` number."""
    row = world.store.execute(
        "SELECT * FROM shipments WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    return None if row is None else _shown(row)


def stop(world: World, operator: str, reference: str) -> bool:
    """Keep a card from leaving, inside the caller's transaction; False when it has left."""
    row = find(world, operator, reference)
    if row is None or row["state"] == "stopped":
        return True
    if row["state"] != "preparing":
        return False
    _write(world, row, "stopped", world.clock.legal_now(), None, None)
    return True


def overdue(world: World, limit: int) -> list[dict[str, Any]]:
    """Shipments whose next change should have happened by now, the oldest due first."""
    rows = world.store.execute(
        "SELECT * FROM shipments WHERE due <= ? ORDER BY due LIMIT ?", (iso(world.clock.legal_now()), limit)
    )
    return [_shown(row) for row in rows]


def next_due(world: World) -> datetime | None:
    """Legal instant of the next change; None when nothing is on its way."""
    row = world.store.execute("SELECT min(due) AS due FROM shipments WHERE due IS NOT NULL").fetchone()
    return None if row["due"] is None else parse_iso(row["due"])


def advance(world: World, row: dict[str, Any]) -> None:
    """Make the next change of an overdue shipment and queue its callback, inside the caller's transaction."""
    state, at = row["next"], parse_iso(row["due"])
    behaviour = behaviour_of(world, row["msisdn"])
    following: str | None = None
    due: datetime | None = None
    if state == "shipped":
        following = behaviour.post
        due = parse_iso(row["expected_at"]) + AFTER_DUE[behaviour.post]
    elif state == "delivered" and behaviour.inserts:
        following, due = "inserted", at + TO_INSERT
    elif state == "inserted" and _voided(world, row):
        _write(world, row, row["state"], parse_iso(row["at"]), None, None)
        return
    _write(world, row, state, at, following, due)
    told = {"reference": row["reference"], "state": state, "at": iso(at), "tracking": row["tracking"]}
    event = f"{row['reference']}:{state}"
    body = {"event_id": event, **told}
    world.outbox.queue(row["operator"], PARTY, PATH, event, body, subject=row["reference"])
    world.effects.record(
        PARTY, "sim_shipment_changed", key=None, msisdn=row["msisdn"], detail={"operator": row["operator"], **told}
    )


def _write(
    world: World, row: dict[str, Any], state: str, at: datetime, following: str | None, due: datetime | None
) -> None:
    world.store.execute(
        "UPDATE shipments SET state = ?, at = ?, next = ?, due = ? WHERE id = ?",
        (state, iso(at), following, None if due is None else iso(due), row["id"]),
    )


def _voided(world: World, row: dict[str, Any]) -> bool:
    sim = world.store.execute(
        "SELECT state FROM sims WHERE operator = ? AND reference = ?", (row["operator"], row["reference"])
    ).fetchone()
    return sim is None or sim["state"] == "released"


def _shown(row: Any) -> dict[str, Any]:
    return {**dict(row), "tracking": f"6A{row['id']:011d}"}
