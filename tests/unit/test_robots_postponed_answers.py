"""Answers that a robot owes: due when both real and legal time have come."""

import time
from datetime import timedelta

import pytest

from simulator.robots.postponed_answers import PostponedAnswer, PostponedAnswers
from tests.support.clearing_house_world import MONDAY, SetClock, open_town

HOUR = 3600.0


@pytest.fixture
def postponed(tmp_path) -> PostponedAnswers:
    return PostponedAnswers(open_town(tmp_path).store, SetClock(MONDAY))


@pytest.mark.parametrize(
    ("real", "legal", "left"),
    [(HOUR, -1, HOUR), (-1, HOUR, HOUR), (HOUR, 2 * HOUR, 2 * HOUR)],
    ids=["real time is missing", "legal time is missing", "the later one counts"],
)
def test_a_postponed_answer_waits_for_the_later_of_its_two_times(
    postponed: PostponedAnswers, real: float, legal: float, left: float
):
    due = MONDAY + timedelta(seconds=legal)
    answer = PostponedAnswer("FJORD-10001", "CIRUS", "", None, time.time() + real, due)
    assert postponed.seconds_left(answer) == pytest.approx(left, abs=10)


def test_a_postponed_answer_is_due_when_both_have_come(postponed: PostponedAnswers):
    answer = PostponedAnswer("FJORD-10001", "CIRUS", "", None, time.time() - 1, MONDAY)
    assert postponed.seconds_left(answer) <= 0
