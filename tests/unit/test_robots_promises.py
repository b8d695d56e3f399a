"""Answers that a robot owes: due when both real and legal time have come."""

import time
from datetime import timedelta

import pytest

from simulator.robots.promises import Promise, Promises
from tests.support.clearing_house_world import MONDAY, SetClock, open_town

HOUR = 3600.0


@pytest.fixture
def promises(tmp_path) -> Promises:
    return Promises(open_town(tmp_path).store, SetClock(MONDAY))


@pytest.mark.parametrize(
    ("real", "legal", "left"),
    [(HOUR, -1, HOUR), (-1, HOUR, HOUR), (HOUR, 2 * HOUR, 2 * HOUR)],
    ids=["real time is missing", "legal time is missing", "the later one counts"],
)
def test_a_promise_waits_for_the_later_of_its_two_times(promises: Promises, real: float, legal: float, left: float):
    due = MONDAY + timedelta(seconds=legal)
    promise = Promise("FJORD-10001", "CIRUS", "", None, time.time() + real, due)
    assert promises.seconds_left(promise) == pytest.approx(left, abs=10)


def test_a_promise_is_due_when_both_have_come(promises: Promises):
    promise = Promise("FJORD-10001", "CIRUS", "", None, time.time() - 1, MONDAY)
    assert promises.seconds_left(promise) <= 0
