"""Legal time: Saturdays, holidays, clock changes, worlds with a pace, clocks that stand still or cannot be read."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.port_story import PARIS, Story, paris

Open = Callable[..., Awaitable[Story]]


@pytest.mark.parametrize(
    ("accepted", "cuts_over"),
    [
        (paris(3), datetime(2026, 6, 6, 6, 0, tzinfo=UTC)),  # a Saturday is a working day
        (paris(23, month=10), datetime(2026, 10, 27, 7, 0, tzinfo=UTC)),  # out of it
    ],
)
async def test_the_cut_over_begins_at_eight_in_the_morning_of_the_last_day_in_time(
    open_story: Open, accepted: datetime, cuts_over: datetime
) -> None:
    story = await open_story(accepted)
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert cuts_over <= story.world.at["number_on_sim"] < cuts_over + timedelta(minutes=1)
    assert story.world.at["number_on_sim"].astimezone(PARIS).hour == 8


async def test_a_day_that_the_customer_chose_is_kept(story: Story) -> None:
    await story.start(requested=date(2026, 6, 24))
    await story.agreed()
    assert await story.ends() == "completed"
    assert paris(24, 8) <= story.world.at["performed"] < paris(24, 12)
    assert story.world.status.outcome is not None
    assert "compensation" not in story.world.status.outcome


async def test_a_timer_that_wakes_early_looks_at_the_clock_and_sleeps_again(story: Story) -> None:
    await story.start()
    await story.agreed()
    story.world.clock.stand_still(timedelta(hours=30))
    assert await story.ends() == "completed"
    assert story.world.at["number_on_sim"] >= paris(6, 8)
    assert story.world.calls["clock_look"] == 2


async def test_nothing_legal_happens_while_the_clock_is_out_of_reach(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    story.world.clock.reachable = False
    await story.pass_time(days=3)
    assert "donor_reminded" not in story.world.done
    story.world.clock.reachable = True
    await story.pass_time(minutes=10)
    await story.until(lambda: "donor_reminded" in story.world.done)
    assert len((await story.handle.fetch_history()).events) < 60


async def test_an_answer_counts_while_the_clock_is_out_of_reach(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    story.world.clock.reachable = False
    await story.pass_until(paris(5, 19))
    await story.donor_accepts()
    await story.stage("waiting_for_day")
    assert "donor_reminded" not in story.world.done
    story.world.clock.reachable = True


async def test_at_a_pace_a_donor_still_has_sixty_real_seconds_to_answer(open_story: Open) -> None:
    story = await open_story(pace=20000)
    await story.start()
    await story.stage("waiting_for_donor")
    await story.pass_time(seconds=55)  # twelve legal days
    assert "donor_reminded" not in story.world.done
    await story.pass_time(seconds=10)
    await story.until(lambda: "donor_reminded" in story.world.done)
    await story.pass_time(seconds=45)
    assert story.world.status.state != "held"
    await story.pass_time(seconds=20)
    await story.stage("held")


async def test_at_a_pace_the_customers_cut_off_does_not_stretch(open_story: Open) -> None:
    story = await open_story(pace=20000)
    await story.start(requested=date(2026, 6, 24))
    await story.agreed()
    await story.pass_time(seconds=88)
    now = await story.world.clock.now()
    assert paris(23, 18) < now < paris(24, 8)
    assert "too late to cancel" in await story.refused(story.cancel())


async def test_at_a_pace_the_end_of_a_slot_leaves_sixty_real_seconds(open_story: Open) -> None:
    story = await open_story(pace=20000)
    story.world.retry_after = timedelta(seconds=5)
    story.world.take_down("hlr_put_in_service", until=paris(12))
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.done.count("number_on_sim") == 1
    assert not any("missed" in line for line in story.world.lines)
