"""The orders whose histories are kept for replay: one for each way in which an order can go."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runtime.keys import KEY_BYTES, KeyRing
from tests.support.end_replay_scenarios import ROUND_STORIES, SETTLEMENT_STORIES, TERMINATION_STORIES
from tests.support.end_story import RoundStory, SettlementStory, TerminationStory
from tests.support.order_story import WEDNESDAY, OrderStory
from tests.support.out_replay_scenarios import (
    OUT_STORIES,
    cancelled_esim_whose_line_was_taken,
    cancelled_termination_that_folded,
)
from tests.support.out_story import OutStory
from tests.support.port_story import Story, paris
from tests.support.port_world import down
from tests.support.sim_replay_scenarios import SERVICE_STORIES, SIM_STORIES, completed_port_to_an_esim
from tests.support.sim_story import ServiceStory, SimStory

RING = KeyRing(active="replay", keys={"replay": bytes(range(KEY_BYTES))}, index_key=bytes(KEY_BYTES))
"""Opens the kept histories; a key of the tests, used nowhere else."""


@dataclass(frozen=True)
class Scenario:
    """What happens to one order of the kind that `story` tells of."""

    story: type[OrderStory[Any]]
    happen: Callable[[Any], Awaitable[None]]
    accepted_at: datetime = WEDNESDAY


async def completed(story: Story) -> None:
    await story.start()
    await story.agreed()


async def completed_after_a_move_and_a_note(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.reschedule("+5d")
    await story.note("customer called")


async def completed_after_a_missed_day(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(6, 13))
    await story.start()
    await story.agreed()


async def completed_after_a_missing_acknowledgement(story: Story) -> None:
    story.world.unacknowledged = ["DUNE"]
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.line("acknowledgement missing")
    story.world.unacknowledged = []


async def completed_after_days_without_the_clearing_house(story: Story) -> None:
    story.world.take_down("clearing_house_declare_performed", until=paris(7, 8))
    await story.start()
    await story.agreed()


async def completed_after_an_error(story: Story) -> None:
    story.world.performed_refusals.append(("NUMBER_NOT_AT_DONOR", "no"))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.stage("held")
    await story.resolve("retry")


async def completed_late_owing_compensation(story: Story) -> None:
    await story.start()
    await story.agreed(paris(10, 8))


async def completed_after_a_hold(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    await story.resolve("retry")
    await story.until(lambda: story.world.done.count("donor_asked") == 2)
    await story.quiet()
    await story.donor_accepts(attempt=2)


async def completed_after_a_late_answer(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.pass_until(paris(6, 12, 5))
    await story.stage("held")
    await story.donor_accepts()
    await story.line("late answer agrees")
    await story.resolve("accept_late_answer")


async def completed_although_the_journal_was_away(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    story.world.next_call("journal_record", *[down("journal", timedelta(milliseconds=20))] * 8)
    await story.donor_accepts()


async def rejected_by_the_donor(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("13")


async def rejected_by_the_rules(story: Story) -> None:
    story.world.reference = "BOREA"
    await story.start()


async def cancelled_before_the_answer(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.cancel()


async def cancelled_after_the_answer(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.cancel()


async def cancelled_in_temporal(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.handle.cancel()


async def failed_given_up_on_silence(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.pass_until(paris(6, 12, 5))
    await story.stage("held")
    await story.resolve("give_up")


async def failed_given_up_after_an_error(story: Story) -> None:
    story.world.performed_refusals.append(("NUMBER_NOT_AT_DONOR", "no"))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.stage("held")
    await story.resolve("give_up")


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: Scenario(Story, scenario)
    for scenario in (
        completed,
        completed_after_a_move_and_a_note,
        completed_after_a_missed_day,
        completed_after_a_missing_acknowledgement,
        completed_after_days_without_the_clearing_house,
        completed_after_an_error,
        completed_late_owing_compensation,
        completed_after_a_hold,
        completed_after_a_late_answer,
        completed_although_the_journal_was_away,
        rejected_by_the_donor,
        rejected_by_the_rules,
        cancelled_before_the_answer,
        cancelled_after_the_answer,
        cancelled_in_temporal,
        failed_given_up_on_silence,
        failed_given_up_after_an_error,
        completed_port_to_an_esim,
    )
}
SCENARIOS |= {each.__name__: Scenario(SimStory, each) for each in (*SIM_STORIES, cancelled_esim_whose_line_was_taken)}
SCENARIOS |= {each.__name__: Scenario(ServiceStory, each) for each in SERVICE_STORIES}
SCENARIOS |= {
    each.__name__: Scenario(TerminationStory, each)
    for each in (*TERMINATION_STORIES, cancelled_termination_that_folded)
}
SCENARIOS |= {each.__name__: Scenario(OutStory, each) for each in OUT_STORIES}
SCENARIOS |= {each.__name__: Scenario(RoundStory, each) for each in ROUND_STORIES}
SCENARIOS |= {each.__name__: Scenario(SettlementStory, each, paris(14, 0)) for each in SETTLEMENT_STORIES}
"""By name; the first word is the state in which the order ends."""
