"""One round of the quarantine: page by page, with a new history before the old one grows long."""

from collections.abc import Awaitable, Callable

import pytest_asyncio

from tests.support.end_story import RoundStory
from workflows.order.policies import QUARANTINE_PAGES_OF_A_RUN


@pytest_asyncio.fixture(loop_scope="module")
async def quarantine(open_order: Callable[..., Awaitable[RoundStory]]) -> RoundStory:
    """A round that was not started yet."""
    return await open_order(RoundStory)


async def test_a_round_with_nothing_due_is_one_look(quarantine: RoundStory) -> None:
    done = await quarantine.round()
    assert set(done.model_dump().values()) == {0}
    assert quarantine.world.calls["quarantine_release_due"] == 1


async def test_a_round_goes_through_every_page_and_what_is_held_or_failed_stops_none(quarantine: RoundStory) -> None:
    quarantine.world.fates = [{"pooled": 3, "held": 2}, {"held": 5, "failed": 1}, {"returned": 4, "ported": 1}]
    done = await quarantine.round()
    assert done.model_dump() == {"pooled": 3, "returned": 4, "ported": 1, "held": 7, "failed": 1}
    assert [request.after for request in quarantine.world.requests["quarantine_release_due"]] == [0, 100, 200]


async def test_a_page_whose_journal_or_clock_is_away_is_tried_again_and_not_skipped(quarantine: RoundStory) -> None:
    quarantine.world.fates = [{"pooled": 3}, {"pooled": 2}]
    quarantine.world.lose_reply("quarantine_release_due")
    assert (await quarantine.round()).pooled == 5
    assert [request.after for request in quarantine.world.requests["quarantine_release_due"]] == [0, 0, 100]


async def test_a_long_round_begins_its_history_anew_and_counts_on(quarantine: RoundStory) -> None:
    pages = QUARANTINE_PAGES_OF_A_RUN + 2
    quarantine.world.fates = [{"pooled": 2, "held": 1}] * pages
    done = await quarantine.round()
    assert (done.pooled, done.held) == (2 * pages, pages)
    asked = [request.after for request in quarantine.world.requests["quarantine_release_due"]]
    assert asked == [100 * page for page in range(pages)]
    assert len((await quarantine.handle.fetch_history()).events) < 50
