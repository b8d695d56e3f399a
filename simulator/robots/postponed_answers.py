"""Answers that a robot has postponed. They survive a restart."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from simulator.store import Store
from simulator.world.clock import LegalClock, iso, parse_iso


@dataclass(frozen=True)
class PostponedAnswer:
    """An answer, due when both its real time (seconds since the epoch) and its legal time have come."""

    dossierid: str
    operator: str
    request: str
    code: str | None
    real_due: float
    legal_due: datetime


class PostponedAnswers:
    """Kept by dossier. Writes run inside the caller's transaction."""

    def __init__(self, store: Store, clock: LegalClock) -> None:
        self._store = store
        self._clock = clock

    def put(self, answer: PostponedAnswer) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO robot_postponed_answer (dossierid, operator, request, code, real_due, legal_due)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                answer.dossierid,
                answer.operator,
                answer.request,
                answer.code,
                answer.real_due,
                iso(answer.legal_due),
            ),
        )

    def drop(self, dossierid: str) -> None:
        self._store.execute("DELETE FROM robot_postponed_answer WHERE dossierid = ?", (dossierid,))

    def of(self, operators: Collection[str]) -> list[PostponedAnswer]:
        """The answers that these operators still have to give."""
        rows = self._store.execute("SELECT * FROM robot_postponed_answer")
        return [
            PostponedAnswer(**{**dict(row), "legal_due": parse_iso(row["legal_due"])})
            for row in rows
            if row["operator"] in operators
        ]

    def seconds_left(self, answer: PostponedAnswer) -> float:
        """Real seconds until the answer is due; 0 or less when it is."""
        return max(answer.real_due - time.time(), self._clock.seconds_until(answer.legal_due))
