"""A line has one holder. Who only waits lends it, who comes late waits behind it, and each is told what that means."""

from datetime import timedelta

import pytest

from domain.lines import LineChange, LineFacts, LineTaken
from domain.orders import OrderState
from domain.termination import Quarantine
from journal import Journal, LineHeld, LineLocked, UnknownOrder
from tests.support.journal_kit import MSISDN, NOW, entry, order_id, record
from tests.support.standing import Line

pytestmark = pytest.mark.usefixtures("database")

OUT, SIM, END, IN = "port_out", "sim_replacement", "termination", "port_in"


@pytest.fixture
def line(journal: Journal) -> Line:
    return Line(journal)


@pytest.mark.parametrize(("borrower", "lender"), [(SIM, OUT), (SIM, END), (OUT, END)])
def test_an_order_that_only_waits_lends_its_line_and_gets_it_back(line: Line, borrower: str, lender: str):
    line.accept(1, lender)
    line.set_preemptible(1)
    line.accept(2, borrower, waits_for_line=False)
    assert line.stand == [2, 1]
    assert line.news() == [(1, "preempted", 2)]
    line.release(2)
    assert line.stand == [1]
    assert line.news() == [(1, "returned", 2)]


@pytest.mark.parametrize(("second", "first"), [(SIM, SIM), (SIM, IN), (OUT, OUT), (OUT, SIM), (END, OUT), (END, END)])
def test_nobody_else_borrows_a_line_even_where_its_holder_lends(line: Line, second: str, first: str):
    line.accept(1, first)
    line.set_preemptible(1)
    with pytest.raises(LineHeld) as held:
        line.accept(2, second, waits_for_line=False)
    assert held.value.order_id == order_id(1)
    assert (line.stand, line.news()) == ([1], [])
    assert line.journal.orders.read(order_id(2)) is None


def test_an_order_that_does_not_lend_its_line_any_more_keeps_it(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.set_preemptible(1, False)
    with pytest.raises(LineHeld):
        line.accept(2, SIM)


def test_an_entry_that_arrives_late_does_not_lend_the_line_again(line: Line):
    line.accept(1, END)
    line.record(1, preemptible=False, seq=5)
    line.record(1, preemptible=True, seq=4)
    with pytest.raises(LineHeld):
        line.accept(2, SIM)


def test_a_lent_line_that_is_locked_is_no_line_for_who_respects_locks(line: Line):
    line.accept(1, OUT)
    line.set_preemptible(1)
    line.accept(2, "line_service", line_changes=[LineChange.LOCKED])
    line.news()
    with pytest.raises(LineLocked):
        line.accept(3, SIM, refuses_locked=True)
    assert (line.stand, line.news()) == ([1], [])
    line.accept(4, SIM)
    assert line.stand == [4, 1]


@pytest.mark.parametrize("first", [OUT, SIM, END, IN])
def test_a_port_out_is_accepted_whoever_has_the_line_and_has_it_next(line: Line, first: str):
    line.accept(1, first)
    line.accept(2, OUT)
    line.accept(3, OUT)
    assert (line.stand, line.news()) == ([1, 3, 2], [])
    line.release(1)
    assert line.stand == [3, 2]
    assert line.news() == [(3, "returned", 1), (2, "preempted", 3)]
    line.release(3)
    assert (line.stand, line.news()) == ([2], [(2, "returned", 3)])


def test_a_holder_that_begins_to_lend_lets_the_one_behind_it_pass(line: Line):
    line.accept(1, END)
    line.accept(2, OUT)
    line.set_preemptible(1)
    assert line.stand == [2, 1]
    assert line.news() == [(2, "returned", 1), (1, "preempted", 2)]


def test_an_order_that_lends_while_it_waits_still_does_when_it_has_the_line(line: Line):
    line.accept(1, SIM)
    line.accept(2, OUT)
    line.set_preemptible(2)
    line.release(1)
    line.accept(3, SIM)
    assert line.stand == [3, 2]
    assert line.news() == [(2, "returned", 1), (2, "preempted", 3)]


def test_a_line_is_lent_on_and_comes_back_step_by_step(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, OUT)
    line.set_preemptible(2)
    line.accept(3, SIM)
    assert line.stand == [3, 2, 1]
    line.release(3)
    line.release(2)
    assert line.stand == [1]
    told = [(1, "preempted", 2), (1, "preempted", 2), (1, "returned", 2), (2, "preempted", 3), (2, "returned", 3)]
    assert line.news() == told


def test_who_lets_go_from_behind_is_not_waited_for_and_nobody_is_told(line: Line):
    line.accept(1, SIM)
    line.accept(2, OUT)
    line.release(2)
    assert (line.stand, line.news()) == ([1], [])
    line.release(2)
    line.release(1)
    assert (line.stand, line.news()) == ([], [])


def test_a_repeated_entry_neither_moves_the_line_nor_tells_anybody_again(line: Line):
    line.accept(1, END)
    line.record(1, key="waits", preemptible=True)
    line.accept(2, SIM)
    line.news()
    assert not record(line.journal, entry(1, "waits", preemptible=False, release_line=True))
    assert (line.stand, line.news()) == ([2, 1], [])


def test_a_free_line_is_taken_and_so_is_ones_own_as_often_as_asked(line: Line):
    line.accept(1, OUT)
    assert line.take(1) == line.take(1) == LineTaken(taken=True)
    line.release(1)
    assert line.take(1).taken
    assert (line.stand, line.news()) == ([1], [])
    with pytest.raises(UnknownOrder):
        line.take(9)


def test_a_port_out_that_is_performed_ends_the_sim_replacement_that_runs(line: Line):
    line.accept(1, OUT)
    line.set_preemptible(1)
    line.accept(2, SIM)
    line.news()
    assert line.take(1).taken
    assert (line.stand, line.news()) == ([1], [(2, "taken", 1)])
    line.release(2)  # it says so when it has undone what it did
    assert line.stand == [1]


def test_a_port_out_that_is_performed_displaces_a_termination_which_goes_on_if_it_comes_to_nothing(line: Line):
    line.accept(1, END)
    line.accept(2, OUT)
    assert line.take(2).taken
    assert (line.stand, line.news()) == ([2, 1], [(1, "preempted", 2)])
    line.release(2)
    assert (line.stand, line.news()) == ([1], [(1, "returned", 2)])


def test_a_termination_that_gets_its_line_back_lets_the_next_port_out_pass(line: Line):
    line.accept(1, END)
    line.accept(2, OUT)
    line.accept(3, OUT)
    line.take(3)
    line.set_preemptible(1)
    line.news()
    line.release(3)
    assert line.stand == [2, 1]
    assert line.news() == [(2, "returned", 3), (1, "preempted", 2)]


def test_a_termination_whose_day_has_come_ends_the_sim_replacement_that_borrowed_its_line(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, SIM)
    line.news()
    assert line.take(1).taken
    assert (line.stand, line.news()) == ([1], [(2, "taken", 1)])


def test_a_termination_takes_nothing_from_a_port_out_nor_what_a_port_out_has_next(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, SIM)
    line.accept(3, OUT)
    assert line.take(1) == LineTaken(taken=False, by=order_id(2), kind=SIM)
    line.release(2)
    assert line.take(1) == LineTaken(taken=False, by=order_id(3), kind=OUT)
    assert line.stand == [3, 1]


@pytest.mark.parametrize("holder", [SIM, END])
def test_an_order_that_has_begun_to_move_the_number_is_ended_by_nobody_and_lends_no_more(line: Line, holder: str):
    line.accept(1, holder)
    line.set_preemptible(1)
    assert line.begin(1, LineFacts()).begun
    line.accept(2, OUT)
    assert line.take(2) == LineTaken(taken=False, by=order_id(1), kind=holder)
    line.set_preemptible(1)
    assert (line.stand, line.news()) == ([1, 2], [])
    line.release(1)
    assert line.take(2).taken


@pytest.mark.parametrize("holder", [OUT, IN])
def test_a_port_takes_the_line_from_no_other_port(line: Line, holder: str):
    line.accept(1, holder)
    line.accept(2, OUT)
    assert line.take(2) == LineTaken(taken=False, by=order_id(1), kind=holder)
    assert (line.stand, line.news()) == ([1, 2], [])


def test_a_move_begins_only_while_the_order_has_the_line(line: Line):
    line.accept(1, OUT)
    line.set_preemptible(1)
    line.accept(2, SIM)
    line.take(1)
    answer = line.begin(2, LineFacts())
    assert (answer.begun, answer.facts) == (False, LineFacts())
    assert line.journal.orders.events(order_id(2))[-1].what == "accepted"
    with pytest.raises(UnknownOrder):
        line.begin(9, LineFacts())


def test_a_move_begins_only_while_nothing_about_the_line_has_changed(line: Line):
    line.accept(1, OUT)
    line.accept(2, "line_service", line_changes=[LineChange.LOCKED])
    answer = line.begin(1, LineFacts())
    assert not answer.begun
    assert answer.facts.locked_by == order_id(2)
    assert line.begin(1, answer.facts).begun
    assert line.journal.orders.events(order_id(1))[-1].what == "moving happened"


def test_a_move_that_has_begun_has_begun_whatever_has_changed_since(line: Line):
    line.accept(1, SIM)
    assert line.begin(1, LineFacts()).begun
    line.record(1, line_changes=[LineChange.SWAPPED])
    line.release(1)
    assert line.begin(1, LineFacts()).begun
    assert [each.what for each in line.journal.orders.events(order_id(1))].count("moving happened") == 1


def test_a_move_that_a_lost_step_has_begun_is_looked_at_anew_when_the_step_is_done_again(line: Line):
    line.accept(1, SIM)
    assert line.begin(1, LineFacts(), seq=100).begun
    line.record(1, key="late", seq=5000)
    line.accept(2, "line_service", line_changes=[LineChange.LOCKED])
    answer = line.begin(1, LineFacts(), seq=5001)
    assert not answer.begun
    assert line.begin(1, answer.facts, seq=5002).begun
    view = line.journal.orders.read(order_id(1))
    assert view is not None
    assert (view.status.stage, view.entry_seq) == ("moving", 5002)
    assert [each.what for each in line.journal.orders.events(order_id(1))].count("moving happened") == 1


def test_a_contract_that_has_ended_leaves_nothing_to_those_behind(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, OUT)
    line.accept(3, OUT)
    line.take(2)
    line.news()
    line.record(2, contract_ended=True)
    assert line.stand == [2]
    assert sorted(line.news()) == [(1, "contract_ended", 2), (3, "contract_ended", 2)]
    line.release(2)
    assert (line.stand, line.news()) == ([], [])


def test_the_line_and_what_was_known_of_it_can_go_in_one_entry(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, OUT)
    line.accept(3, "line_service", line_changes=[LineChange.LOCKED, LineChange.BARRED])
    assert line.take(2).taken
    line.news()
    line.release(2, contract_ended=True)
    assert (line.stand, line.news()) == ([], [(1, "contract_ended", 2)])
    assert line.journal.lines.facts(MSISDN) == LineFacts()


def test_every_port_out_of_a_line_is_told_what_else_happens_to_it_and_nobody_else(line: Line):
    line.accept(1, END)
    line.set_preemptible(1)
    line.accept(2, OUT)
    line.set_preemptible(2)
    line.accept(3, SIM)
    line.accept(4, OUT)
    line.news()
    line.accept(5, "line_service", line_changes=[LineChange.LOCKED])
    assert sorted(line.news()) == [(2, "changed", 5), (4, "changed", 5)]
    line.accept(6, "line_service", unlocks_at=NOW.replace(hour=23))
    assert sorted(line.news()) == [(2, "changed", 6), (4, "changed", 6)]
    line.record(6, state=OrderState.CANCELLED)  # the lock stays
    assert sorted(line.news()) == [(2, "changed", 6), (4, "changed", 6)]
    line.record(6, state=OrderState.CANCELLED)
    line.record(6, line_changes=[LineChange.KEPT_BARRED])
    line.news()
    line.record(6, line_changes=[LineChange.KEPT_BARRED])  # it is barred already
    assert line.news() == []


def test_a_replacement_that_is_done_gives_the_line_back_and_says_that_the_sim_is_another(line: Line):
    line.accept(1, OUT)
    line.set_preemptible(1)
    line.accept(2, SIM)
    line.news()
    line.release(2, line_changes=[LineChange.SWAPPED])
    assert sorted(line.news()) == [(1, "changed", 2), (1, "returned", 2)]


def test_an_order_of_a_former_life_leaves_those_of_the_present_one_alone(line: Line, journal: Journal):
    free = NOW + timedelta(days=45)
    days = {"since": NOW, "portable_until": free, "reassignable_from": free}
    ended = Quarantine(msisdn=MSISDN, contract_id="CT-1", range_holder="ALIZE", ended_by=order_id(1), **days)
    line.accept(1, END)
    line.release(1, quarantine=ended)
    journal.quarantines.settle("CT-1", "released", at_legal=free)
    line.accept(2, END, accepted_at=free)
    line.accept(3, OUT, accepted_at=free)
    line.release(1, contract_ended=True)
    assert (line.stand, line.news()) == ([2, 3], [])
