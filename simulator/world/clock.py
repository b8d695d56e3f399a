"""Legal time of the world, and the real time that effects are stamped with.

At pace 1 legal time is real time. A paced world runs `pace` legal seconds per real second, starts at real now and
stops while the service is down. It never runs backward, not even after `kill -9`: each second, and
whenever a reading would pass the stored point, the point `AHEAD` real seconds later is stored first. A restart
resumes from the stored point.
"""

import time
from datetime import UTC, datetime, timedelta

from simulator.store import Store

AHEAD = timedelta(seconds=2)
ZONE = "Europe/Paris"


def iso(instant: datetime) -> str:
    """An instant as UTC with microseconds and `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> datetime:
    """An instant from ISO 8601 with a zone, as UTC. ValueError without a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC)


class RealClock:
    """Wall time at start plus monotonic time since.

    Never backwards, whatever happens to the machine's clock meanwhile.
    """

    def __init__(self, not_before: datetime | None = None) -> None:
        wall = datetime.now(UTC)
        self._start = wall if not_before is None else max(wall, not_before)
        self._monotonic = time.monotonic_ns()

    def now(self) -> datetime:
        """Real now, UTC."""
        return self._start + timedelta(microseconds=(time.monotonic_ns() - self._monotonic) // 1000)


class LegalClock:
    """The world's clock, resumed from its file. `load` reads it anew after a reset."""

    def __init__(self, store: Store, real: RealClock) -> None:
        self._store = store
        self._real = real
        self.load()
        store.on_reset(self.load)

    def load(self) -> None:
        """Take pace and starting point from the world's row; a world that never ran starts at real now."""
        row = self._store.execute("SELECT id, pace, resume_at FROM world").fetchone()
        self.world: str = row["id"]
        self.pace: float = row["pace"]
        self._anchor_real = self._real.now()
        self._anchor = self._anchor_real if row["resume_at"] is None else parse_iso(row["resume_at"])
        self._promised = self._anchor
        self.persist()

    @property
    def paced(self) -> bool:
        """Whether legal time differs from real time at all."""
        return self.pace != 1

    def real_now(self) -> datetime:
        """Real now, UTC."""
        return self._real.now()

    def legal_now(self) -> datetime:
        """Legal now, UTC."""
        return self.read()[0]

    def read(self) -> tuple[datetime, datetime]:
        """Legal and real now, both UTC and of the same moment."""
        real = self._real.now()
        if not self.paced:
            return real, real
        legal = self._anchor + (real - self._anchor_real) * self.pace
        if legal > self._promised:
            self.persist()
        return legal, real

    def seconds_until(self, legal: datetime) -> float:
        """Real seconds until a legal instant; 0 or less when it has come."""
        return (legal - self.legal_now()).total_seconds() / self.pace

    def persist(self) -> None:
        """Write down the point that a restart resumes from; called each second while the service runs."""
        if self.paced:
            self._write(self._reading() + AHEAD * self.pace)

    def stop(self) -> None:
        """The service ends in order: resume exactly here."""
        if self.paced:
            self._write(self._reading())

    def _reading(self) -> datetime:
        return self._anchor + (self._real.now() - self._anchor_real) * self.pace

    def _write(self, resume_at: datetime) -> None:
        self._store.execute("UPDATE world SET resume_at = ?", (iso(resume_at),))
        self._promised = resume_at
