"""Two processes that want the same line: one has it, whatever they want it for."""

import subprocess
import sys
from pathlib import Path

from tests.support.journal_kit import open_journal, order_id
from tests.support.line_racer import CONTESTS, msisdn, number, prepare

REPOSITORY = Path(__file__).parents[2]
LINES = 25


def race(folder: Path) -> list[list[bool]]:
    """The outcomes of both sides."""
    command = [sys.executable, "-m", "tests.support.line_racer", str(folder)]
    racers = [
        subprocess.Popen(
            [*command, str(side), str(LINES)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for side in (0, 1)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    outcomes = [[line == "1" for line in racer.communicate(timeout=60)[0].split()] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    return outcomes


def test_of_two_orders_that_borrow_take_or_begin_to_move_a_line_at_once_exactly_one_has_it(tmp_path: Path):
    journal = open_journal(tmp_path)
    prepare(journal, LINES)
    outcomes = race(tmp_path)
    assert [len(each) for each in outcomes] == [len(CONTESTS) * LINES] * 2
    for at, won in enumerate(zip(*outcomes, strict=True)):
        contest, position = CONTESTS[at // LINES], at % LINES
        assert sorted(won) == [False, True], (contest, position)
        view = journal.line(msisdn(contest, position))
        assert view.held_by is not None
        assert view.held_by.order_id == order_id(number(contest, position, won.index(True)))
