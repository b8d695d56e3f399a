"""Answers that a robot has put off; they survive a restart."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from simulator.store import Store
from simulator.world.clock import LegalClock, iso, parse_iso


@dataclass(frozen=True)
class Promise:
    """An answer owed: due when both its real time (seconds since the epoch) and its legal time have come."""

    dossierid: str
    operator: str
    request: str
    code: str | None
    real_due: float
    legal_due: datetime


class Promises:
    """Kept by dossier. Writes run inside the caller's transaction."""

    def __init__(self, store: Store, clock: LegalClock) -> None:
        self._store = store
        self._clock = clock

    def put(self, promise: Promise) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO robot_promise (dossierid, operator, request, code, real_due, legal_due)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                promise.dossierid,
                promise.operator,
                promise.request,
                promise.code,
                promise.real_due,
                iso(promise.legal_due),
            ),
        )

    def drop(self, dossierid: str) -> None:
        self._store.execute("DELETE FROM robot_promise WHERE dossierid = ?", (dossierid,))

    def of(self, operators: Collection[str]) -> list[Promise]:
        """What these operators owe."""
        rows = self._store.execute("SELECT * FROM robot_promise")
        return [
            Promise(**{**dict(row), "legal_due": parse_iso(row["legal_due"])})
            for row in rows
            if row["operator"] in operators
        ]

    def seconds_left(self, promise: Promise) -> float:
        """Real seconds until the promise is due; 0 or less when it is."""
        return max(promise.real_due - time.time(), self._clock.seconds_until(promise.legal_due))
