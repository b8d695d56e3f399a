"""A process of its own that contends for lines: `python -m tests.support.line_racer FOLDER SIDE COUNT`.

Of every contest it contends for each of COUNT lines, when it is told so by a line of input, and prints the outcome.
Sides: 0 and 1. The lines and what is asked of them: see `prepare`.
"""

import sys
from pathlib import Path

from domain.lines import LineFacts
from journal import Journal, LineHeld
from tests.support.journal_kit import NOW, REAL, acceptance, entry, open_journal, order_id

CONTESTS = ("borrow", "take", "move")


def msisdn(contest: str, position: int) -> str:
    return f"+336399{CONTESTS.index(contest)}{position:04d}"


def number(contest: str, position: int, who: int) -> int:
    """Of an order on the line: `who` 0 and 1 are the sides', 2 has it before."""
    return 100_000 * CONTESTS.index(contest) + 10 * position + who


def prepare(journal: Journal, count: int) -> None:
    """`borrow`: a termination lends, each side is a SIM replacement. `take`: a replacement holds, each side is a port
    out behind it. `move`: side 0 is a replacement that is about to begin, side 1 a port out about to end it.
    """
    for position in range(count):
        for contest, who, kind in (
            ("borrow", 2, "termination"),
            ("take", 2, "sim_replacement"),
            ("take", 0, "port_out"),
            ("take", 1, "port_out"),
            ("move", 0, "sim_replacement"),
            ("move", 1, "port_out"),
        ):
            accept(journal, contest, position, who, kind)
        lent = entry(number("borrow", position, 2), "waits", preemptible=True)
        journal.orders.record(lent, at_legal=NOW, at_real=REAL)


def accept(journal: Journal, contest: str, position: int, who: int, kind: str) -> None:
    line = {"msisdn": msisdn(contest, position), "kind": kind, "waits_for_line": kind == "port_out"}
    journal.orders.accept(acceptance(number(contest, position, who), **line))


def contend(journal: Journal, contest: str, position: int, side: int) -> bool:
    """Whether this side has won the line."""
    mine = number(contest, position, side)
    if contest == "borrow":
        try:
            accept(journal, contest, position, side, "sim_replacement")
        except LineHeld:
            return False
        return True
    if contest == "move" and side == 0:
        return journal.lines.begin_move(entry(mine, "moving"), LineFacts(), at_legal=NOW, at_real=REAL).begun
    return journal.lines.take(order_id(mine), at_legal=NOW, at_real=REAL).taken


if __name__ == "__main__":
    opened, own = open_journal(Path(sys.argv[1])), int(sys.argv[2])
    for each in CONTESTS:
        for line in range(int(sys.argv[3])):
            sys.stdin.readline()
            print(int(contend(opened, each, line, own)), flush=True)
