"""The legal clock of a world."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.store import Store
from simulator.world.build import build_world
from simulator.world.clock import AHEAD, LegalClock, RealClock, iso, parse_iso

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


class HandClock(RealClock):
    """A real clock that a test turns by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def world(tmp_path: Path, pace: float) -> Store:
    file = tmp_path / "world.sqlite"
    build_world(file, seed=1, subscribers=0, pace=pace)
    return Store(file)


def test_at_pace_one_legal_time_is_real_time(tmp_path):
    real = HandClock(START)
    clock = LegalClock(world(tmp_path, 1.0), real)
    real.turn(3600)
    assert clock.legal_now() == real.now()
    assert clock.read() == (real.now(), real.now())


@pytest.mark.parametrize("pace", [1.5, 20_000.0, 200_000.0])
def test_a_paced_world_starts_at_real_now_and_runs_that_much_faster(tmp_path, pace):
    real = HandClock(START)
    clock = LegalClock(world(tmp_path, pace), real)
    assert clock.legal_now() == START
    real.turn(10)
    assert clock.legal_now() == START + timedelta(seconds=10 * pace)


def test_after_an_orderly_stop_legal_time_stands_still_until_the_restart(tmp_path):
    store, real = world(tmp_path, 1000.0), HandClock(START)
    clock = LegalClock(store, real)
    real.turn(5)
    stopped = clock.legal_now()
    clock.stop()
    real.turn(600)
    assert LegalClock(store, real).legal_now() == stopped


def test_after_a_kill_legal_time_is_never_earlier_than_anything_shown(tmp_path):
    store, real = world(tmp_path, 1000.0), HandClock(START)
    clock = LegalClock(store, real)
    for _ in range(7):
        real.turn(1.7)
        shown = clock.legal_now()
        resumed = LegalClock(store, real).legal_now()
        assert shown <= resumed <= shown + 2 * AHEAD * 1000
        clock = LegalClock(store, real)


def test_a_reading_beyond_what_was_promised_is_written_down_before_it_is_shown(tmp_path):
    store, real = world(tmp_path, 1000.0), HandClock(START)
    clock = LegalClock(store, real)
    real.turn(60)  # the loop was blocked: no persisting meanwhile
    shown = clock.legal_now()
    assert parse_iso(store.execute("SELECT resume_at FROM world").fetchone()[0]) >= shown


def test_a_legal_instant_is_so_many_real_seconds_away(tmp_path):
    clock = LegalClock(world(tmp_path, 20_000.0), HandClock(START))
    assert clock.seconds_until(clock.legal_now() + timedelta(seconds=60_000)) == 3.0


def test_the_real_clock_never_stands_before_the_last_stamp():
    future = datetime.now(UTC) + timedelta(hours=1)
    assert RealClock(not_before=future).now() >= future


def test_instants_are_shown_in_utc_with_microseconds():
    assert iso(datetime.fromisoformat("2026-11-22T10:00:00+01:00")) == "2026-11-22T09:00:00.000000Z"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        parse_iso("2026-11-22T10:00:00")
