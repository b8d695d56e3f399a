"""The customer withdraws: before the answer, after it, during an outage, too late."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from tests.support.port_story import Story, paris

UNDONE = ["dossier_cancelled", "subscription_cancelled", "sim_released"]


async def test_a_cancel_before_the_answer_takes_everything_back_newest_first(story: Story) -> None:
    before = story.world.snapshot()
    await story.start()
    await story.stage("waiting_for_donor")
    recorded = await story.cancel()
    assert recorded.state == "pendingCancellation"
    assert await story.ends() == "cancelled"
    assert story.world.done[-3:] == UNDONE
    assert story.world.snapshot() == before
    assert story.world.told == ["received", "cancelled"]
    assert story.world.recorder.released


async def test_a_cancel_after_the_eves_cut_off_is_too_late_and_says_when_it_was(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.pass_until(paris(5, 18, 1))
    assert await story.refused(story.cancel()) == "too late to cancel: the eve's cut-off was Friday 05 June 2026 18:00"
    assert await story.ends() == "completed"


async def test_the_order_shows_the_cancel_as_pending_until_the_registry_shows_it(story: Story) -> None:
    story.world.take_down("clearing_house_cancel_dossier")
    await story.start()
    await story.stage("waiting_for_donor")
    await story.cancel()
    await story.line("undoing, newest first")
    assert story.world.status.state == "pendingCancellation"
    assert (await story.status()).state == "pendingCancellation"
    assert "cancelled" not in story.world.told
    story.world.bring_back("clearing_house_cancel_dossier")
    assert await story.ends() == "cancelled"


async def test_a_clearing_house_that_is_away_for_days_is_asked_for_the_cancel_until_it_shows_it(story: Story) -> None:
    before = story.world.snapshot()
    story.world.retry_after = timedelta(minutes=30)
    story.world.take_down("clearing_house_cancel_dossier", until=paris(6))
    await story.start()
    await story.stage("waiting_for_donor")
    await story.cancel()
    await story.pass_time(hours=2)
    await story.line("it is tried until it is done")
    shown = await story.status()
    assert shown.state == "pendingCancellation"
    assert shown.needs_attention
    assert "Nothing to send" in shown.attention
    assert await story.ends() == "cancelled"
    assert story.world.snapshot() == before
    assert len((await story.handle.fetch_history()).events) < 100


async def test_a_cancel_during_an_outage_stops_the_step_at_once(story: Story) -> None:
    story.world.take_down("logistics_reserve_sim")
    await story.start()
    await story.stuck()
    await story.cancel()
    assert await story.ends() == "cancelled"
    assert story.world.done == []
    assert story.world.calls["logistics_release_sim"] == 1
    assert "clearing_house_ask_donor" not in story.world.calls


async def test_a_cancel_while_a_step_succeeds_undoes_that_step_too(story: Story) -> None:
    cancelled: list[asyncio.Task[object]] = []

    async def cancel_meanwhile() -> None:
        cancelled.append(asyncio.create_task(story.cancel()))
        await story.event(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)

    before = story.world.snapshot()
    story.world.after_effect("clearing_house_ask_donor", cancel_meanwhile)
    await story.start()
    assert await story.ends() == "cancelled"
    await asyncio.gather(*cancelled)
    assert story.world.done[-3:] == UNDONE
    assert story.world.snapshot() == before
    assert story.world.status.state == "cancelled"


async def test_a_cancel_while_cutting_over_is_refused(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(6, 9))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 8, 5))
    await story.until(lambda: story.world.calls["hlr_put_in_service"] > 0)
    assert await story.refused(story.cancel()) == "too late to cancel: the cut-over is under way"
    assert await story.ends() == "completed"


async def test_a_cancel_after_the_point_of_no_return_is_refused(story: Story) -> None:
    story.world.unacknowledged = ["DUNE"]
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.line("acknowledgement missing")
    assert "only a new order can bring it back" in await story.refused(story.cancel())
    story.world.unacknowledged = []
    assert await story.ends() == "completed"


async def test_a_held_order_may_be_cancelled(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.pass_until(paris(6, 12, 5))
    await story.stage("held")
    await story.cancel()
    assert await story.ends() == "cancelled"
    assert not story.world.status.needs_attention


@pytest.mark.parametrize("stage", ["waiting_for_donor", "waiting_for_day"])
async def test_temporals_own_cancel_undoes_what_waits_before_the_point_of_no_return(story: Story, stage: str) -> None:
    before = story.world.snapshot()
    await story.start()
    await story.stage("waiting_for_donor")
    if stage == "waiting_for_day":
        await story.agreed()
    await story.handle.cancel()
    assert await story.ends() == "cancelled"
    assert story.world.snapshot() == before


async def test_temporals_own_cancel_undoes_an_order_that_is_held_or_stuck_at_a_party(story: Story) -> None:
    story.world.take_down("care_prepare_subscription")
    await story.start()
    await story.stuck()
    await story.handle.cancel()
    assert await story.ends() == "cancelled"
    assert story.world.done == ["sim_reserved", "sim_released"]


async def test_temporals_own_cancel_of_a_held_order_undoes_it(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    await story.handle.cancel()
    assert await story.ends() == "cancelled"


async def test_temporals_own_cancel_is_ignored_once_the_cut_over_is_under_way(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(6, 9))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 8, 5))
    await story.until(lambda: story.world.calls["hlr_put_in_service"] > 0)
    await story.handle.cancel()
    assert await story.ends() == "completed"


async def test_temporals_own_cancel_is_ignored_after_the_point_of_no_return(story: Story) -> None:
    story.world.unacknowledged = ["DUNE"]
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.line("acknowledgement missing")
    await story.handle.cancel()
    story.world.unacknowledged = []
    assert await story.ends() == "completed"
    assert "number_off_sim" not in story.world.done
