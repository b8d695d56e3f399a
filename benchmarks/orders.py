"""The orders of a load, looked up in the journal by its columns in clear; nothing is written."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.orders import FINAL_STATES, OrderKind
from journal.outbox import CUSTOMER_MESSAGE

MICROSECONDS = 1e6
_FINAL = tuple(sorted(state.value for state in FINAL_STATES))


@dataclass(frozen=True)
class Ended:
    """How a load went: real instants in seconds since 1970."""

    by_state: dict[str, int]
    first_accepted: float
    last_ended: float
    latencies_s: list[float]
    spans: dict[str, tuple[float, float]]  # order id → accepted, ended


class JournalLook:
    """A reader of the journal's SQLite file."""

    def __init__(self, file: Path, kind: OrderKind) -> None:
        self._uri = f"file:{file}?mode=ro"
        self._kind = kind.value

    async def ended(self) -> int:
        """How many orders of the kind have ended, whatever their end."""
        marks = ", ".join("?" for _ in _FINAL)
        query = f"SELECT count(*) FROM orders WHERE state IN ({marks}) AND kind = ?"
        rows = await asyncio.to_thread(self._read, query, (*_FINAL, self._kind))
        return int(rows[0][0])

    async def owed_messages(self) -> int:
        """How many messages customers are still owed."""
        query = "SELECT count(*) FROM outbox WHERE kind = ? AND due_at_real IS NOT NULL"
        rows = await asyncio.to_thread(self._read, query, (CUSTOMER_MESSAGE,))
        return int(rows[0][0])

    async def load(self, ids: set[str]) -> Ended:
        """The orders of one load, all of which have ended."""
        query = "SELECT order_id, state, accepted_at_real, updated_at_real FROM orders WHERE kind = ?"
        rows = [row for row in await asyncio.to_thread(self._read, query, (self._kind,)) if row[0] in ids]
        return Ended(
            by_state=dict(Counter(state for _, state, _, _ in rows)),
            first_accepted=min(accepted for _, _, accepted, _ in rows) / MICROSECONDS,
            last_ended=max(updated for _, _, _, updated in rows) / MICROSECONDS,
            latencies_s=[(updated - accepted) / MICROSECONDS for _, _, accepted, updated in rows],
            spans={row[0]: (row[2] / MICROSECONDS, row[3] / MICROSECONDS) for row in rows},
        )

    async def orders_of(self, dossiers: set[str]) -> dict[str, str]:
        """The order of each of these dossiers, in which others asked for one of our numbers."""
        rows = await asyncio.to_thread(self._read, "SELECT dossier_id, order_id FROM port_requests", ())
        return {dossier: order_id for dossier, order_id in rows if dossier in dossiers}

    def _read(self, query: str, values: tuple[str, ...]) -> list[Any]:
        with closing(sqlite3.connect(self._uri, uri=True)) as connection:
            return connection.execute(query, values).fetchall()
