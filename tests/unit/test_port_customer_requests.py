"""What the customer may ask of a running port, and the sentence that refuses it."""

from datetime import date

import pytest
from temporalio.exceptions import ApplicationError

from domain.orders import Actor, OrderState, WaitingFor
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from domain.updates import CancelRequest, RescheduleRequest
from tests.support.order_story import paris
from tests.support.port_offline import PortOffline, message
from workflows.port_in.customer_requests import CustomerRequests
from workflows.port_in.day import Day
from workflows.port_in.dossier_inbox import DossierInbox

CANCEL = CancelRequest(by="marie", reason="changed her mind")
MOVE = RescheduleRequest(by="marie", reason="away", date="2026-06-09")
DESK = WaitingFor(party="desk", what="a decision")


@pytest.fixture
def port() -> PortOffline:
    return PortOffline()


@pytest.fixture
def day(port: PortOffline) -> Day:
    return Day(port, DossierInbox())


@pytest.fixture
def requests(port: PortOffline, day: Day) -> CustomerRequests:
    return CustomerRequests(port, day)


def unplanned(port: PortOffline, day: Day) -> None:
    port._plan = None


def ended(port: PortOffline, day: Day) -> None:
    port.be(OrderState.COMPLETED)


def ported(port: PortOffline, day: Day) -> None:
    port.be(OrderState.PENDING, point_of_no_return=True)


def cancelled(port: PortOffline, day: Day) -> None:
    port.cancellation.request(Actor(by="marie"))


def undoing(port: PortOffline, day: Day) -> None:
    port.be(OrderState.IN_PROGRESS, stage=PortInStage.UNDOING.value)


def cutting_over(port: PortOffline, day: Day) -> None:
    day.is_cutting_over = True


@pytest.mark.parametrize("request_", [CancelRequest(reason="why"), CancelRequest(by="me", reason=" ")])
def test_who_cancels_says_who_he_is_and_why(requests, request_):
    with pytest.raises(ApplicationError, match="by and reason must say who asks and why"):
        requests.check_cancel(request_)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (RescheduleRequest(date="+5d"), "by and reason must say who asks and why"),
        (RescheduleRequest(by="me", reason="why"), "date is missing"),
    ],
)
def test_who_moves_the_day_says_so_and_to_which_one(requests, request_, sentence):
    with pytest.raises(ApplicationError, match=sentence):
        requests.check_reschedule(request_)


def test_a_day_cannot_be_moved_before_it_is_planned(port, day, requests):
    unplanned(port, day)
    with pytest.raises(ApplicationError, match="not planned yet: try again in a moment"):
        requests.check_reschedule(MOVE)
    requests.check_cancel(CANCEL)


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (ended, "the order is completed already"),
        (ported, "too late to {verb}: the number has been ported, only a new order can bring it back"),
        (cancelled, "the order is being cancelled already"),
        (undoing, "the order is being cancelled already"),
        (cutting_over, "too late to {verb}: the cut-over is under way"),
    ],
)
def test_it_can_be_too_late_for_either(port, day, requests, happened, sentence):
    happened(port, day)
    with pytest.raises(ApplicationError, match=sentence.format(verb="cancel")):
        requests.check_cancel(CANCEL)
    with pytest.raises(ApplicationError, match=sentence.format(verb="reschedule")):
        requests.check_reschedule(MOVE)


async def test_a_cancel_is_kept_before_it_counts_and_shows_as_pending(port, requests):
    donor = WaitingFor(party="CIRUS", what="its answer")
    port.be(OrderState.PENDING, waiting_for=donor)
    assert (await requests.cancel(CANCEL)).state == "pendingCancellation"
    assert port.log.persisted == ["cancel"]
    assert port.cancellation.by == Actor(by="marie", reason="changed her mind")
    (recorded,) = port.log.transitions
    assert (recorded.code, recorded.state) == (TimelineCode.CANCEL_REQUESTED, OrderState.PENDING_CANCELLATION)
    assert port.status.waiting_for == donor
    assert port.clock.reads == 0  # before the agreement no cut-off binds


async def test_a_cancel_ends_what_a_person_was_asked(port, requests):
    port.be(OrderState.HELD, waiting_for=DESK, needs_attention=True, attention="decide")
    await requests.cancel(CANCEL)
    assert (port.status.waiting_for, port.status.needs_attention) == (None, False)


async def test_the_eves_cut_off_is_the_first_instant_that_is_too_late(port, day, requests):
    await day.agree(message())
    port.clock.legal = paris(5, 18)
    with pytest.raises(ApplicationError, match="too late to cancel: the eve's cut-off was Friday 05 June 2026 18:00"):
        await requests.cancel(CANCEL)
    with pytest.raises(ApplicationError, match="too late to reschedule"):
        await requests.reschedule(MOVE)
    assert not port.cancellation.is_requested
    port.clock.legal = paris(5, 17, 59)
    await requests.cancel(CANCEL)
    assert port.cancellation.is_requested


async def test_the_cut_off_does_not_bind_while_a_person_decides(port, day, requests):
    await day.agree(message())
    port.clock.legal = paris(6, 12, 5)
    port.be(OrderState.HELD)
    await requests.cancel(CANCEL)
    assert port.cancellation.is_requested


async def test_a_request_is_refused_in_words_while_the_legal_clock_is_out_of_reach(port, day, requests):
    await day.agree(message())
    port.clock.reachable = False
    with pytest.raises(ApplicationError, match="the legal clock cannot be read, try again in a moment"):
        await requests.cancel(CANCEL)


async def test_a_cancel_that_the_cut_over_overtakes_is_refused(port, day, requests):
    await day.agree(message())
    port.clock.meanwhile = lambda: cutting_over(port, day)
    with pytest.raises(ApplicationError, match="the cut-over is under way"):
        await requests.cancel(CANCEL)
    assert not port.cancellation.is_requested


async def test_a_day_moved_before_the_agreement_is_a_note(port, requests):
    assert (await requests.reschedule(MOVE)).message == "the port is on 2026-06-09"
    assert port.log.persisted == ["reschedule"]
    assert port.log.transitions == []
    (note,) = port.log.notes
    assert (note.code, note.what, note.day) == (TimelineCode.RESCHEDULED, "moved to 2026-06-09", date(2026, 6, 9))


async def test_a_day_moved_after_the_agreement_is_told(port, day, requests):
    await day.agree(message())
    await requests.reschedule(MOVE)
    moved = port.log.transitions[-1]
    assert (moved.code, moved.day, moved.due) == (TimelineCode.RESCHEDULED, date(2026, 6, 9), paris(9, 8))
    assert [told.kind for told in moved.messages] == ["port_in.day_moved_1"]
    assert "2026-06-09" in port.status.waiting_for.what


async def test_a_day_moved_while_a_person_decides_leaves_the_question_open(port, day, requests):
    await day.agree(message())
    port.be(OrderState.HELD, waiting_for=DESK)
    await requests.reschedule(MOVE)
    assert port.status.waiting_for == DESK


@pytest.mark.parametrize("wanted", ["2026-06-07", "2026-12-01", "tomorrow"])
async def test_a_day_that_cannot_be_had_changes_nothing(port, day, requests, wanted):
    await day.agree(message())
    before, plan = port.status, port.plan
    with pytest.raises(ApplicationError):
        await requests.reschedule(MOVE.model_copy(update={"date": wanted}))
    assert (port.status, port.plan) == (before, plan)


async def test_rules_that_cannot_be_asked_refuse_in_words(port, requests):
    port.clock.reachable = False
    with pytest.raises(ApplicationError, match="nothing changed, try again in a moment"):
        await requests.reschedule(MOVE)


async def test_a_day_that_the_rules_still_thought_about_when_the_cut_off_came_is_too_late(port, day, requests):
    await day.agree(message())

    def the_cut_off_comes() -> None:
        if port.clock.reads == 2:  # the first is the look at the clock, the second is the rules'
            port.clock.legal = paris(5, 18, 1)

    port.clock.meanwhile = the_cut_off_comes
    with pytest.raises(ApplicationError, match="too late to reschedule"):
        await requests.reschedule(MOVE)
    assert port.plan.chosen_day == date(2026, 6, 6)


async def test_a_request_that_another_one_overtakes_asks_the_rules_again(port, day, requests):
    plan = port.plan

    def another_is_faster() -> None:
        if port.plan is plan:
            port.set_plan(plan.model_copy(update={"moved_because": "another request"}))

    port.clock.meanwhile = another_is_faster
    await requests.reschedule(MOVE)
    assert port.clock.reads == 2
    assert port.plan.chosen_day == date(2026, 6, 9)
