"""The outbox: callbacks that wait to be answered. They survive a restart; a reset drops them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS callback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, party TEXT NOT NULL, path TEXT NOT NULL,
    event_id TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (operator, party, event_id)
);
"""


@dataclass(frozen=True)
class Callback:
    """One callback. Those of one `subject` are sent one after the other, in the order in which they were queued."""

    id: int
    operator: str
    party: str
    path: str
    event_id: str
    subject: str
    body: str


class Outbox:
    """Written inside the transaction of the effect that a callback tells of."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Callable[[], None]] = []
        store.declare(SCHEMA)

    def queue(
        self,
        operator: str,
        party: str,
        path: str,
        event_id: str,
        body: Mapping[str, Any],
        *,
        subject: str,
    ) -> None:
        """Have `body` posted to the party's registered address plus `path`.

        The same `event_id` twice is one callback. It stays until it is answered, also while no address is registered.
        """
        self._store.execute(
            "INSERT OR IGNORE INTO callback (operator, party, path, event_id, subject, body) VALUES (?, ?, ?, ?, ?, ?)",
            (operator, party, path, event_id, subject, json.dumps(body, separators=(",", ":"))),
        )
        for listener in self._listeners:
            listener()

    def on_queued(self, listener: Callable[[], None]) -> None:
        """Call back, inside the transaction, whenever something was queued."""
        self._listeners.append(listener)

    def waiting(self, after: int) -> list[Callback]:
        """Callbacks with ids above `after`, oldest first."""
        rows = self._store.execute("SELECT * FROM callback WHERE id > ? ORDER BY id", (after,))
        return [Callback(**dict(row)) for row in rows]

    def settle(self, callback: Callback) -> None:
        """Remove a callback that was answered or finally refused."""
        self._store.execute("DELETE FROM callback WHERE id = ?", (callback.id,))
