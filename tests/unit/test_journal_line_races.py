"""Two processes that want the same line: one has it, whatever they want it for."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.support.journal_kit import open_journal, order_id
from tests.support.line_racer import CONTESTS, msisdn, number, prepare

pytestmark = pytest.mark.usefixtures("database")

REPOSITORY = Path(__file__).parents[2]
LINES = 15


def start(folder: Path, side: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.line_racer", str(folder), str(side), str(LINES)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def race(racers: list[subprocess.Popen[str]]) -> list[bool]:
    """Which side has won the next line."""
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
    return [racer.stdout.readline() == "1\n" for racer in racers if racer.stdout is not None]


def test_of_two_orders_that_borrow_take_or_begin_to_move_a_line_at_once_exactly_one_has_it(tmp_path: Path):
    journal = open_journal(tmp_path)
    prepare(journal, LINES)
    racers = [start(tmp_path, side) for side in (0, 1)]
    for contest, position in product(CONTESTS, range(LINES)):
        won = race(racers)
        assert sorted(won) == [False, True], (contest, position)
        view = journal.lines.read(msisdn(contest, position))
        assert view.held_by is not None
        assert view.held_by.order_id == order_id(number(contest, position, won.index(True)))
    for racer in racers:
        racer.communicate(timeout=60)
    assert [racer.returncode for racer in racers] == [0, 0]
