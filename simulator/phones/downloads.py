"""What phones still have to do with released profiles; it survives a restart."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.phones import behaviours
from simulator.phones.behaviours import Behaviour, Download
from simulator.smdp import profiles, progress
from simulator.smdp.states import State
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
_WELL = (State.DOWNLOADED, State.INSTALLED, State.ENABLED)
_BADLY = (State.DOWNLOADED, State.ERROR)
_STEPS: Mapping[Download, Sequence[State]] = {
    Download.OK: _WELL,
    Download.ERROR_ALWAYS: _BADLY,
    Download.DELETED: (State.DOWNLOADED, State.INSTALLED, State.DELETED),
    Download.NEVER: (),
    Download.SCAN: (),
}


@dataclass(frozen=True)
class Errand:
    """The states into which a phone brings a profile, the next one at `due`, real seconds since 1970."""

    iccid: str
    operator: str
    steps: Sequence[State]
    due: float


def on_release(store: Store, profile: profiles.Profile, behaviour: Behaviour) -> None:
    """Plan what the phone does with a released profile, inside the caller's transaction."""
    _plan(store, profile, _STEPS[_kind(store, profile, behaviour)], behaviour)


def on_scan(store: Store, profile: profiles.Profile, behaviour: Behaviour) -> None:
    """The customer has scanned the activation code: the phone fetches the profile whatever it waited for."""
    _plan(store, profile, _STEPS[_kind(store, profile, behaviour)] or _WELL, behaviour)


def work(world: World, limit: int) -> int:
    """Take the steps that are due, inside the caller's transaction; how many there were.

    A phone that finds its profile cancelled meanwhile lets it be.
    """
    due = _due(world.store, limit)
    for errand in due:
        profile = profiles.find(world, world.operators[errand.operator], errand.iccid)
        step, *further = errand.steps
        done = progress.advance(world, profile, step)
        if done is None or not further:
            _drop(world.store, errand.iccid)
        else:
            _put(world.store, Errand(errand.iccid, errand.operator, further, time.time() + BETWEEN_STEPS_S))
    return len(due)


def seconds_left(store: Store) -> float | None:
    """Real seconds until the next step; None when no phone has anything to do."""
    row = store.execute("SELECT min(due) AS due FROM phone_download").fetchone()
    return None if row["due"] is None else float(row["due"]) - time.time()


def _kind(store: Store, profile: profiles.Profile, behaviour: Behaviour) -> Download:
    if behaviour.download is not Download.ERROR:
        return behaviour.download
    failing = profile.msisdn is not None and behaviours.fails_now(store, profile.msisdn)
    return Download.ERROR_ALWAYS if failing else Download.OK


def _plan(store: Store, profile: profiles.Profile, steps: Sequence[State], behaviour: Behaviour) -> None:
    _drop(store, profile.iccid)
    if steps:
        _put(store, Errand(profile.iccid, profile.operator, steps, time.time() + behaviour.delay_s))


def _due(store: Store, limit: int) -> list[Errand]:
    rows = store.execute(
        "SELECT iccid, operator, steps, due FROM phone_download WHERE due <= ? ORDER BY due LIMIT ?",
        (time.time(), limit),
    )
    return [
        Errand(row["iccid"], row["operator"], [State(step) for step in row["steps"].split()], row["due"])
        for row in rows
    ]


def _put(store: Store, errand: Errand) -> None:
    store.execute(
        "INSERT OR REPLACE INTO phone_download (iccid, operator, steps, due) VALUES (?, ?, ?, ?)",
        (errand.iccid, errand.operator, " ".join(errand.steps), errand.due),
    )


def _drop(store: Store, iccid: str) -> None:
    store.execute("DELETE FROM phone_download WHERE iccid = ?", (iccid,))
