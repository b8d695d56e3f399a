"""Planned downloads: what phones still do with released profiles. They survive a restart."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.phones import behaviours
from simulator.phones.behaviours import CustomerBehaviour, Download
from simulator.smdp import profiles, progress
from simulator.smdp.states import ProfileState
from simulator.store import Store
from simulator.world.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS phone_download (
    iccid TEXT PRIMARY KEY, operator TEXT NOT NULL, steps TEXT NOT NULL, due REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS phone_download_due ON phone_download (due);
"""
BETWEEN_STEPS_S = 0.1
"""Real seconds from download to installation, and from there to what follows."""
_WELL = (ProfileState.DOWNLOADED, ProfileState.INSTALLED, ProfileState.ENABLED)
_BADLY = (ProfileState.DOWNLOADED, ProfileState.ERROR)
_STEPS: Mapping[Download, Sequence[ProfileState]] = {
    Download.OK: _WELL,
    Download.ERROR_ALWAYS: _BADLY,
    Download.DELETED: (ProfileState.DOWNLOADED, ProfileState.INSTALLED, ProfileState.DELETED),
    Download.NEVER: (),
    Download.SCAN: (),
}


@dataclass(frozen=True)
class PlannedDownload:
    """The states into which a phone brings a profile, the next one at `due`, real seconds since 1970."""

    iccid: str
    operator: str
    steps: Sequence[ProfileState]
    due: float


def on_release(store: Store, profile: profiles.Profile, behaviour: CustomerBehaviour) -> None:
    """Plan what the phone does with a released profile, inside the caller's transaction."""
    _plan(store, profile, _STEPS[_kind(store, profile, behaviour)], behaviour)


def on_scan(store: Store, profile: profiles.Profile, behaviour: CustomerBehaviour) -> None:
    """Plan the download of a profile whose activation code was scanned, whatever the behaviour says."""
    _plan(store, profile, _STEPS[_kind(store, profile, behaviour)] or _WELL, behaviour)


def work(world: World, limit: int) -> int:
    """Take the steps that are due, inside the caller's transaction; how many there were.

    A download whose profile was cancelled meanwhile ends.
    """
    due = _due(world.store, limit)
    for planned in due:
        profile = profiles.find(world, world.operators[planned.operator], planned.iccid)
        step, *further = planned.steps
        done = progress.advance(world, profile, step)
        if done is None or not further:
            _drop(world.store, planned.iccid)
        else:
            _put(world.store, PlannedDownload(planned.iccid, planned.operator, further, time.time() + BETWEEN_STEPS_S))
    return len(due)


def seconds_left(store: Store) -> float | None:
    """Real seconds until the next step; None when no phone has anything to do."""
    row = store.execute("SELECT min(due) AS due FROM phone_download").fetchone()
    return None if row["due"] is None else float(row["due"]) - time.time()


def _kind(store: Store, profile: profiles.Profile, behaviour: CustomerBehaviour) -> Download:
    if behaviour.download is not Download.ERROR:
        return behaviour.download
    failing = profile.msisdn is not None and behaviours.fails_now(store, profile.msisdn)
    return Download.ERROR_ALWAYS if failing else Download.OK


def _plan(store: Store, profile: profiles.Profile, steps: Sequence[ProfileState], behaviour: CustomerBehaviour) -> None:
    _drop(store, profile.iccid)
    if steps:
        _put(store, PlannedDownload(profile.iccid, profile.operator, steps, time.time() + behaviour.delay_s))


def _due(store: Store, limit: int) -> list[PlannedDownload]:
    rows = store.execute(
        "SELECT iccid, operator, steps, due FROM phone_download WHERE due <= ? ORDER BY due LIMIT ?",
        (time.time(), limit),
    )
    return [
        PlannedDownload(
            row["iccid"], row["operator"], [ProfileState(step) for step in row["steps"].split()], row["due"]
        )
        for row in rows
    ]


def _put(store: Store, planned: PlannedDownload) -> None:
    store.execute(
        "INSERT OR REPLACE INTO phone_download (iccid, operator, steps, due) VALUES (?, ?, ?, ?)",
        (planned.iccid, planned.operator, " ".join(planned.steps), planned.due),
    )


def _drop(store: Store, iccid: str) -> None:
    store.execute("DELETE FROM phone_download WHERE iccid = ?", (iccid,))
