"""Whatever orders do on a line in whatever sequence: one holder, nobody lost, and everybody knows where he stands."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.lines import LineFacts
from journal import Journal, LineHeld
from tests.support.journal_kit import open_journal
from tests.support.postgresql import DATABASES, use_database
from tests.support.standing import Line

KINDS = ["termination", "port_out", "sim_replacement", "port_in"]
ACTS = ["lend", "keep", "release", "take", "begin", "contract_ended"]
SEQUENCES = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.sampled_from(KINDS)),
        st.tuples(st.sampled_from(ACTS), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=25,
)


@pytest.fixture(scope="module", params=DATABASES)
def lines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line of its own for each story, all in one journal."""
    folder = tmp_path_factory.mktemp("stack")
    use_database(request, request.param, folder)
    journal: Journal = open_journal(folder)
    return (Line(journal, msisdn=f"+336399{number:05d}") for number in count())


numbers = count(1)


class Story:
    """Orders that believe what they are told, and nothing else."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.kinds: dict[int, str] = {}  # of the orders that want something of the line
        self.has_it: set[int] = set()  # as each believes
        self.firm: set[int] = set()

    def accept(self, kind: str) -> None:
        number = next(numbers)
        try:
            self.line.accept(number, kind)
        except LineHeld:
            return
        self.kinds[number] = kind
        if self.line.stand[0] == number:
            self.has_it.add(number)

    def act(self, what: str, which: int) -> None:
        if not self.kinds:
            return
        number = sorted(self.kinds)[which % len(self.kinds)]
        if what in ("lend", "keep"):
            self.line.set_preemptible(number, what == "lend")
        elif what == "release":
            self.line.release(number)
            self.forget(number)
        elif what == "contract_ended" and number in self.firm:
            self.line.record(number, contract_ended=True)
        elif (what == "take" and self.line.take(number).taken) or (
            what == "begin" and self.line.begin(number, LineFacts(), key=f"moving at {self.line.clock}").begun
        ):
            self.firm.add(number)
            self.has_it.add(number)

    def hear(self) -> None:
        for number, what, _ in self.line.news():
            if what in ("taken", "contract_ended"):
                assert number not in self.firm
                self.forget(number)
            elif what == "returned":
                self.has_it.add(number)
            elif what == "preempted":
                self.has_it.discard(number)

    def forget(self, number: int) -> None:
        del self.kinds[number]
        self.has_it.discard(number)
        self.firm.discard(number)

    def check(self) -> None:
        stand = self.line.stand
        assert sorted(stand) == sorted(self.kinds)  # nobody twice, nobody lost, nobody left behind
        assert self.has_it == set(stand[:1])
        assert self.firm <= set(stand[:1])


@settings(max_examples=60, deadline=None)
@given(sequence=SEQUENCES)
def test_a_line_has_one_holder_who_knows_it_and_loses_nobody(lines: Iterator[Line], sequence: list[tuple[str, object]]):
    story = Story(next(lines))
    for what, which in sequence:
        if what == "accept":
            story.accept(str(which))
        else:
            story.act(what, int(str(which)))
        story.hear()
        story.check()
