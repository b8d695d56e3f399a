"""The customer moves the day: before the answer, after it, too late, to days that cannot be had."""

import asyncio
from datetime import date, timedelta

import pytest

from tests.support.port_story import Story, paris


async def test_a_day_moved_before_the_answer_is_the_day_of_the_port(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    recorded = await story.reschedule("2026-06-11")
    assert recorded.message == "the port is on 2026-06-11"
    await story.donor_accepts()
    assert await story.ends() == "completed"
    assert paris(11, 8) <= story.world.at["performed"] < paris(11, 12)


async def test_a_day_moved_after_the_answer_is_told_and_kept(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.reschedule("+5d")
    moved = await story.status()
    assert moved.due == paris(8, 8)
    assert moved.waiting_for is not None
    assert "2026-06-08" in moved.waiting_for.what
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(8, 8)
    assert story.world.told == ["received", "date_agreed", "day_moved_1", "completed"]


async def test_moving_there_and_back_again_tells_the_customer_each_time(story: Story) -> None:
    await story.start()
    await story.agreed()
    for day in ("2026-06-09", "2026-06-10", "2026-06-09"):
        await story.reschedule(day)
    days = [message.fields["day"] for message in story.world.recorder.messages if "day_moved" in message.kind]
    assert days == ["2026-06-09", "2026-06-10", "2026-06-09"]
    assert await story.ends() == "completed"
    assert paris(9, 8) <= story.world.at["performed"] < paris(9, 12)


async def test_a_day_moved_after_the_eves_cut_off_is_too_late(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.pass_until(paris(5, 19))
    assert "too late to reschedule" in await story.refused(story.reschedule("2026-06-11"))
    assert await story.ends() == "completed"
    assert story.world.at["performed"] < paris(6, 12)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("2026-06-07", "Sunday 7 June 2026 is a Sunday"),
        ("2026-07-14", "a public holiday"),
        ("2026-06-02", "is over"),
        ("2026-12-01", "the last day that can be chosen"),
        ("tomorrow", "a date is written 2026-05-18, or +5d"),
        ("", "date is missing"),
    ],
)
async def test_a_day_that_cannot_be_had_is_refused_in_words_and_changes_nothing(
    story: Story, wanted: str, why: str
) -> None:
    await story.start()
    before = await story.agreed()
    assert why in await story.refused(story.reschedule(wanted))
    assert await story.status() == before
    assert await story.ends() == "completed"
    assert story.world.at["performed"] < paris(6, 12)


async def test_a_day_before_the_donors_first_possible_one_is_refused(story: Story) -> None:
    await story.start()
    await story.agreed(paris(10, 8))
    assert "the donor makes it possible from" in await story.refused(story.reschedule("2026-06-08"))


async def test_a_day_beyond_the_agreement_is_refused(story: Story) -> None:
    await story.start(requested=date(2026, 7, 30))
    await story.stage("waiting_for_donor")
    await story.dossier_message(received_at=paris(3).replace(month=4))
    await story.stage("waiting_for_day")
    assert "the donor's agreement ends on" in await story.refused(story.reschedule("2026-07-31"))


async def test_the_donors_later_date_moves_the_day_and_says_why(story: Story) -> None:
    await story.start()
    await story.agreed(paris(10, 8))
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(10, 8)
    reasons = [event.reason for event in story.world.recorder.timeline if "agreed; the port is on" in event.what]
    assert "the donor makes it possible from" in reasons[0]


async def test_a_wish_that_the_rules_were_still_weighing_when_the_cut_off_came_is_too_late(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.pass_until(paris(5, 17, 59))

    async def long_thought() -> None:
        story.world.clock.stand_still(timedelta(minutes=-6))

    story.world.after_effect("clock_look", long_thought)
    assert "too late to reschedule" in await story.refused(story.reschedule("2026-06-11"))
    assert await story.ends() == "completed"
    assert story.world.at["performed"] < paris(6, 12)


async def test_two_wishes_at_once_leave_one_day_that_both_the_order_and_its_journal_name(story: Story) -> None:
    await story.start()
    await story.agreed()
    await asyncio.gather(story.reschedule("2026-06-09"), story.reschedule("2026-06-10"))
    await story.quiet()
    assert (await story.status()).due == story.world.status.due
    assert await story.ends() == "completed"
    assert story.world.status.state == "completed"


async def test_rules_that_cannot_be_asked_refuse_the_wish_in_words(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    story.world.clock.reachable, story.world.clock.retry_after = False, timedelta(milliseconds=50)
    assert "nothing changed, try again in a moment" in await story.refused(story.reschedule("2026-06-11"))
    story.world.clock.reachable = True
    await story.donor_accepts()
    assert await story.ends() == "completed"
