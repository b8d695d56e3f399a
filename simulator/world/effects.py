"""The effect log.

Everything that happened in the world, append-only, in order. Tests prove invariants by it.
"""

import json
from collections.abc import Mapping
from typing import Any

from simulator.store import Store
from simulator.world.clock import LegalClock, iso

SCHEMA = """
CREATE TABLE IF NOT EXISTS effects (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, real_at TEXT NOT NULL, party TEXT NOT NULL,
    effect TEXT NOT NULL, key TEXT, msisdn TEXT, detail TEXT NOT NULL
);
"""


class Effects:
    """Written inside the transaction of the effect itself, before anything can happen to the reply."""

    def __init__(self, store: Store, clock: LegalClock) -> None:
        self._store = store
        self._clock = clock
        store.declare(SCHEMA)

    def record(self, party: str, effect: str, *, key: str | None, msisdn: str | None, detail: Mapping[str, Any]) -> int:
        """Append one effect and return its number. `key` is the idempotency key it came with, `msisdn` is E.164."""
        legal, real = self._clock.read()
        cursor = self._store.execute(
            "INSERT INTO effects (at, real_at, party, effect, key, msisdn, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                iso(legal),
                iso(real),
                party,
                effect,
                key,
                msisdn,
                json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def after(self, n: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` effects with numbers above `n`, oldest first."""
        rows = self._store.execute("SELECT * FROM effects WHERE n > ? ORDER BY n LIMIT ?", (n, limit))
        return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]
