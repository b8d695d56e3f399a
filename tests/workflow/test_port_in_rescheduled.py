"""The customer moves the day: before the answer, after it, too late, to days that cannot be had."""

import asyncio

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


@pytest.mark.parametrize(
    ("wanted", "why"),
    [("2026-06-07", "Sunday 7 June 2026 is a Sunday"), ("", "date is missing")],
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


async def test_the_donors_later_date_moves_the_day_and_says_why(story: Story) -> None:
    await story.start()
    await story.agreed(paris(10, 8))
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(10, 8)
    reasons = [event.reason for event in story.world.recorder.timeline if "agreed; the port is on" in event.what]
    assert "the donor makes it possible from" in reasons[0]


async def test_two_requests_at_once_leave_one_day_that_both_the_order_and_its_journal_name(story: Story) -> None:
    await story.start()
    await story.agreed()
    await asyncio.gather(story.reschedule("2026-06-09"), story.reschedule("2026-06-10"))
    await story.quiet()
    assert (await story.status()).due == story.world.status.due
    assert await story.ends() == "completed"
    assert story.world.status.state == "completed"
