"""Make a new world's file, in a process of its own: `python -m simulator.world.build FILE SEED SUBSCRIBERS PACE`.

Standard library only, so that it starts quickly.
"""

import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from simulator.world import hlr, numbers
from simulator.world import subscriber_table as care
from simulator.world.operators import NETWORKS, OPERATORS
from simulator.world.population import Line, lines
from simulator.world.subscriber import ACTIVE, ENDED

SCHEMA = """
CREATE TABLE world (
    id TEXT NOT NULL, seed INTEGER NOT NULL, subscribers INTEGER NOT NULL, pace REAL NOT NULL, resume_at TEXT
);
"""
_BATCH = 20_000
_PROGRESS_EVERY_S = 3.0
_CARE_COLUMNS = 15


def build_world(
    file: Path, *, seed: int, subscribers: int, pace: float, progress: Callable[[str], None] = lambda _text: None
) -> None:
    """Write a complete world to `file`, which must not exist. A half-written file is of no use and may be deleted."""
    db = sqlite3.connect(file, isolation_level=None)
    try:
        # The file is thrown away if this fails, so nothing needs to be safe before the end.
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.executescript(
            SCHEMA + care.SCHEMA + numbers.SCHEMA + "".join(hlr.schema_of(network) for network in NETWORKS)
        )
        db.execute("INSERT INTO world VALUES (?, ?, ?, ?, NULL)", (secrets.token_hex(8), seed, subscribers, pace))
        _insert(db, seed, subscribers, progress)
        progress("indexing")
        db.executescript(care.INDEXES + "".join(hlr.indexes_of(network) for network in NETWORKS))
    finally:
        db.close()
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _insert(db: sqlite3.Connection, seed: int, total: int, progress: Callable[[str], None]) -> None:
    population = lines(seed, total, datetime.now(UTC))
    done, reported = 0, time.monotonic()
    db.execute("BEGIN")
    while batch := list(islice(population, _BATCH)):
        db.executemany(
            f"INSERT INTO subscribers VALUES ({', '.join('?' * _CARE_COLUMNS)})", (line.row for line in batch)
        )
        for network in NETWORKS:
            db.executemany(
                f"INSERT INTO {hlr.table_of(network)} (imsi, msisdn, cs, ps) VALUES (?, ?, ?, ?)",
                (_hlr_row(line) for line in batch if _in_hlr(line, network)),
            )
        db.executemany(
            "INSERT INTO ported_at_start VALUES (?, ?)",
            ((line.row[1], line.row[2]) for line in batch if line.ported_in),
        )
        done += len(batch)
        if time.monotonic() - reported >= _PROGRESS_EVERY_S:
            reported = time.monotonic()
            progress(f"{done} of {total} lines")
    db.execute("COMMIT")


def _in_hlr(line: Line, network: str) -> bool:
    operator, state = line.row[2], line.row[3]
    return state != ENDED and OPERATORS[operator].network_code == network


def _hlr_row(line: Line) -> tuple[str, str, int, int]:
    in_service = int(line.row[3] == ACTIVE)
    return line.row[8], line.row[1][1:], in_service, in_service


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """Build as a process: progress goes to standard output, one line each."""
    file, seed, subscribers, pace = arguments
    build_world(Path(file), seed=int(seed), subscribers=int(subscribers), pace=float(pace), progress=_say)


if __name__ == "__main__":
    main(sys.argv[1:])
