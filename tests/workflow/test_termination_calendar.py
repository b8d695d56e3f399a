"""The last day ends at local midnight, whatever clocks do in it and wherever the number lives."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.end_story import TerminationStory
from tests.support.order_story import PARIS
from tests.support.sim_world import OLD_SIM

Open = Callable[..., Awaitable[TerminationStory]]


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accepted", "ends", "portable", "reassignable"),
    [
        # Summer time begins on Sunday 29 March: the last day has 23 hours, its end is 22:00 and no longer 23:00 UTC.
        (utc(3, 19, 9), utc(3, 29, 22), utc(5, 8, 22), utc(5, 13, 22)),
        (utc(3, 18, 9), utc(3, 28, 23), utc(5, 7, 22), utc(5, 12, 22)),
        # It ends on Sunday 25 October, which has 25 hours.
        (utc(10, 15, 9), utc(10, 25, 23), utc(12, 4, 23), utc(12, 9, 23)),
        (utc(9, 10, 9), utc(9, 20, 22), utc(10, 30, 23), utc(11, 4, 23)),
        # A request a minute after midnight in Paris is of the new day.
        (utc(6, 2, 22, 1), utc(6, 13, 22), utc(7, 23, 22), utc(7, 28, 22)),
    ],
)
async def test_the_line_goes_down_at_midnight_in_paris_across_clock_changes(
    open_order: Open, accepted: datetime, ends: datetime, portable: datetime, reassignable: datetime
) -> None:
    leaving = await open_order(TerminationStory, accepted)
    await leaving.waits()
    await leaving.pass_until(ends - timedelta(minutes=1))
    assert leaving.world.done == []
    assert await leaving.ends() == "completed"
    assert timedelta(0) <= leaving.world.at["line_down"] - ends < timedelta(minutes=1)
    (quarantine,) = leaving.world.quarantines
    assert (quarantine.since, quarantine.portable_until) == (ends, portable)
    assert quarantine.reassignable_from == reassignable
    assert ends.astimezone(PARIS).hour == 0


@pytest.mark.parametrize(
    ("msisdn", "ends"),
    [("+262692000123", utc(6, 13, 20)), ("+590690000123", utc(6, 14, 4)), ("+594694000123", utc(6, 14, 3))],
)
async def test_the_last_day_ends_at_midnight_where_the_number_lives(
    open_order: Open, msisdn: str, ends: datetime
) -> None:
    leaving = await open_order(TerminationStory)
    leaving.world.hlr = {OLD_SIM.imsi: msisdn}
    await leaving.start(msisdn=msisdn)
    assert await leaving.ends() == "completed"
    assert leaving.world.hlr == {}
    assert timedelta(0) <= leaving.world.at["line_down"] - ends < timedelta(minutes=1)
    assert leaving.world.recorder.messages[0].fields["day"] == "2026-06-13"


async def test_a_timer_that_wakes_before_the_world_has_reached_midnight_sleeps_again(open_order: Open) -> None:
    leaving = await open_order(TerminationStory)
    await leaving.waits()
    leaving.world.clock.stand_still(timedelta(days=3))
    assert await leaving.ends() == "completed"
    assert timedelta(0) <= leaving.world.at["line_down"] - utc(6, 13, 22) < timedelta(minutes=1)
