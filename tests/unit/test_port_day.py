"""The day of a port: agreed, moved, planned again."""

from datetime import date

import pytest

from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from tests.support.order_story import paris
from tests.support.port_offline import PortOffline, message
from workflows.order.stops import DayMissed, GivenUp, TakenBack, Withdrawn
from workflows.port_in.day import Day
from workflows.port_in.dossier_inbox import DossierInbox

SATURDAY = date(2026, 6, 6)


@pytest.fixture
def port() -> PortOffline:
    return PortOffline()


@pytest.fixture
def inbox() -> DossierInbox:
    return DossierInbox()


@pytest.fixture
def day(port: PortOffline, inbox: DossierInbox) -> Day:
    return Day(port, inbox)


async def test_an_agreement_that_fits_keeps_the_day_and_tells_the_customer(port, day):
    assert not day.is_agreed
    await day.agree(message())
    assert day.is_agreed
    (agreed,) = port.log.transitions
    assert (agreed.code, agreed.stage, agreed.state) == (
        TimelineCode.AGREED,
        PortInStage.WAITING_FOR_DAY,
        OrderState.PENDING,
    )
    assert (agreed.day, agreed.due, agreed.by, agreed.reason) == (SATURDAY, paris(6, 8), "CIRUS", "")
    (told,) = agreed.messages
    assert (told.kind, told.fields["day"]) == ("port_in.date_agreed", "2026-06-06")
    assert agreed.waiting_for.what == "2026-06-06, slot from Saturday 06 June 2026 08:00"


async def test_an_earlier_first_possible_date_of_the_donor_moves_nothing(port, day):
    await day.agree(message(first_possible=paris(4, 8)))
    assert port.plan.chosen_day == SATURDAY


async def test_a_later_first_possible_date_of_the_donor_moves_the_day_and_says_why(port, day):
    await day.agree(message(first_possible=paris(10, 8)))
    (agreed,) = port.log.transitions
    assert (agreed.day, agreed.due) == (date(2026, 6, 10), paris(10, 8))
    assert "the donor makes it possible from" in agreed.reason


async def test_an_agreement_after_the_day_has_passed_is_for_the_next_day_that_can_be_had(port, day):
    port.clock.legal = paris(6, 12, 5)
    await day.agree(message())
    assert port.plan.chosen_day == date(2026, 6, 8)


async def test_a_date_that_lies_beyond_the_agreement_is_asked_of_a_person_until_a_day_is_found(port, day):
    port.human.answers = [ResolveAction.RETRY, ResolveAction.GIVE_UP]
    with pytest.raises(GivenUp):
        await day.agree(message(first_possible=paris(30, 8, month=10)))
    assert len(port.human.asked) == 2
    assert port.human.asked[0].startswith("no day fits the donor's answer: ")


async def test_an_agreement_that_is_withdrawn_binds_nobody(port, day):
    await day.agree(message())
    day.withdraw_agreement()
    assert not day.is_agreed


async def test_the_cut_over_begins_when_the_slot_of_the_day_does(port, day):
    await day.agree(message())
    await day.wait()
    began = port.log.transitions[-1]
    assert (began.code, began.stage, began.due) == (TimelineCode.CUT_OVER, PortInStage.CUTTING_OVER, paris(6, 12))
    assert port.clock.legal == paris(6, 8)
    assert day.is_cutting_over


async def test_the_wait_is_for_the_day_that_was_moved_to_meanwhile(port, day):
    await day.agree(message())
    moved = await day.what_if("2026-06-09")
    port.time.happenings = [lambda: day.take(moved)]
    await day.wait()
    assert port.clock.legal == paris(9, 8)


async def test_a_cancel_ends_the_wait(port, day):
    await day.agree(message())
    port.time.happenings = [lambda: port.cancellation.request(Actor(by="marie"))]
    with pytest.raises(Withdrawn):
        await day.wait()
    assert not day.is_cutting_over


async def test_a_donor_that_takes_its_agreement_back_ends_the_wait(port, inbox, day):
    await day.agree(message())
    no = refusal(RefusalCode.TRANSFER_CODE_INVALID, "CIRUS")
    port.time.happenings = [lambda: setattr(inbox, "retraction", no)]
    with pytest.raises(TakenBack) as taken_back:
        await day.wait()
    assert taken_back.value.refusal == no


async def test_a_slot_that_is_over_is_not_begun(port, day):
    await day.agree(message())
    port.time.happenings = [lambda: setattr(port.clock, "legal", paris(6, 12))]
    with pytest.raises(DayMissed, match="nobody was there to begin before the slot ended"):
        await day.wait()
    assert TimelineCode.CUT_OVER not in [told.code for told in port.log.transitions]


async def test_a_slot_that_ends_while_the_beginning_is_written_down_is_missed_too(port, day):
    await day.agree(message())
    port.log.meanwhile = lambda: setattr(port.clock, "legal", paris(6, 12))
    with pytest.raises(DayMissed):
        await day.wait()


async def test_a_missed_day_is_planned_again_at_once(port, day):
    await day.agree(message())
    day.is_cutting_over = True
    port.clock.legal = paris(6, 12, 5)
    await day.plan_another("the HLR was away", ask=False)
    missed = port.log.transitions[-1]
    assert missed.what == "day missed: the HLR was away; the port is now on 2026-06-08"
    assert (missed.code, missed.day, missed.due) == (TimelineCode.DAY_MISSED, date(2026, 6, 8), paris(8, 8))
    assert [told.kind for told in missed.messages] == ["port_in.day_moved_1"]
    assert not day.is_cutting_over


async def test_a_day_missed_again_is_planned_when_a_person_says_so(port, day):
    await day.agree(message())
    port.human.answers = [ResolveAction.RETRY]
    await day.plan_another("the HLR was away", ask=True)
    assert port.human.asked == ["the day was missed again: the HLR was away"]


async def test_each_move_has_a_message_of_its_own(port, day):
    await day.agree(message())
    kinds = []
    for wanted in ("2026-06-09", "2026-06-10", "2026-06-09"):
        day.take(await day.what_if(wanted))
        kinds.append((day.moved, port.plan.chosen_day.day))
    assert kinds == [("day_moved_1", 9), ("day_moved_2", 10), ("day_moved_3", 9)]


async def test_a_day_that_a_person_asks_for_changes_nothing_before_it_is_taken(port, day):
    moved = await day.what_if("+5d")
    assert moved.plan.chosen_day == date(2026, 6, 8)
    assert port.plan.chosen_day == SATURDAY


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("2026-06-07", "Sunday 7 June 2026 is a Sunday"),
        ("2026-07-14", "a public holiday"),
        ("2026-06-02", "is over"),
        ("2026-12-01", "the last day that can be chosen"),
        ("tomorrow", "a date is written 2026-05-18, or +5d"),
    ],
)
async def test_a_day_that_cannot_be_had_is_refused_in_words(port, day, wanted, why):
    moved = await day.what_if(wanted)
    assert why in moved.refused
    assert moved.plan is None


async def test_a_day_before_the_donors_first_possible_one_is_refused(port, day):
    await day.agree(message(first_possible=paris(10, 8)))
    assert "the donor makes it possible from" in (await day.what_if("2026-06-08")).refused


async def test_a_day_beyond_the_donors_agreement_is_refused(port, day):
    await day.agree(message().model_copy(update={"received_at": paris(3, month=4)}))
    assert "the donor's agreement ends on" in (await day.what_if("2026-07-31")).refused
