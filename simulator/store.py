"""The one SQLite connection of the service.

Used on the event loop's thread only, in short transactions without an `await` inside: so no two handlers ever
interleave, and a reply sent after a transaction speaks of something that survives `kill -9` (write-ahead log,
synchronous=NORMAL).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_STATEMENTS_CACHED = 512


class Store:
    """Access to the world's file. Each module declares its own tables; a reset recreates them all in a fresh file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schemas: list[str] = []
        self._kept: list[str] = []
        self._on_reset: list[Callable[[], None]] = []
        self._depth = 0
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, cached_statements=_STATEMENTS_CACHED)
        db.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-65536"):
            db.execute(f"PRAGMA {pragma}")
        return db

    def execute(self, sql: str, params: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement; outside `transaction()` it commits by itself."""
        return self._db.execute(sql, params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        """Run one statement for many rows; callers open a `transaction()` around it."""
        return self._db.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. An inner one joins the outer; an exception that leaves it must leave the outer one too."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            self._depth = 0

    def declare(self, schema_sql: str, *, keep: Sequence[str] = ()) -> None:
        """Create a module's tables now (`CREATE TABLE IF NOT EXISTS …`) and after every reset.

        Rows of tables in `keep` outlive a reset.
        """
        self._schemas.append(schema_sql)
        self._kept.extend(keep)
        self._db.executescript(schema_sql)

    def on_reset(self, callback: Callable[[], None]) -> None:
        """Call back after each reset, on the loop's thread: forget what was cached of the old world."""
        self._on_reset.append(callback)

    def replace_with(self, fresh: Path) -> None:
        """Swap in a newly built world file. Atomic: a kill at any point leaves the old world or the new one."""
        self._prepare(fresh)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        fresh.replace(self._path)
        self._db = self._open()
        for callback in self._on_reset:
            callback()

    def _prepare(self, fresh: Path) -> None:
        db = sqlite3.connect(fresh, isolation_level=None)
        try:
            for schema in self._schemas:
                db.executescript(schema)
            db.execute("ATTACH ? AS old", (str(self._path),))
            for table in self._kept:
                db.execute(f"INSERT INTO main.{table} SELECT * FROM old.{table}")
        finally:
            db.close()

    def close(self) -> None:
        """Close the file; the write-ahead log is merged into it."""
        self._db.close()
