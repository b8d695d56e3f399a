"""The donor takes its time: delayed, silent, reminded, held; silence is never a yes."""

from collections.abc import Awaitable, Callable
from typing import Any

from rules.france.config import RulesConfig
from rules.france.regime import FrenchRegime
from tests.support.port_story import Story, paris
from tests.support.port_world import PortWorld


async def silent_until_held(story: Story, **more: object) -> None:
    await story.start(**more)
    await story.stage("waiting_for_donor")
    await story.pass_until(paris(6, 12, 5))


async def test_a_donor_that_needs_longer_is_waited_for_until_its_own_date(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.dossier_message("pradelayed", answer_due=paris(9, 18), note="looking for the contract")
    await story.line("announced its answer for later")
    await story.pass_until(paris(9, 17))
    assert "donor_reminded" not in story.world.done
    await story.donor_accepts()
    await story.stage("waiting_for_day")
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(10, 8)


async def test_a_donor_that_lets_its_own_date_pass_is_reminded(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.dossier_message("pradelayed", answer_due=paris(9, 18))
    await story.line("announced its answer for later")
    await story.pass_until(paris(9, 17, 55))
    assert "donor_reminded" not in story.world.done
    await story.pass_until(paris(9, 18, 5))
    await story.line("is silent: its desk was reminded")


async def test_a_silent_donor_is_reminded_once_and_then_a_person_decides(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.pass_until(paris(5, 18, 5))
    await story.line("is silent: its desk was reminded")
    await story.pass_until(paris(6, 12, 5))
    held = await story.stage("held")
    assert held.needs_attention
    assert held.refusal is not None
    assert held.refusal.code == "donor_silent"
    assert "retry" in held.attention
    assert "give_up" in held.attention
    assert "accept_late_answer" not in held.attention
    assert story.world.done.count("donor_reminded") == 1
    assert "number_on_sim" not in story.world.done


async def test_retry_after_silence_gives_another_term_and_reminds_again(story: Story) -> None:
    await silent_until_held(story)
    await story.stage("held")
    await story.resolve("retry")
    waits = await story.stage("waiting_for_donor")
    await story.line("given another term")
    waits = await story.status()
    assert waits.due is not None
    assert waits.due > paris(7)
    assert waits.refusal is None
    await story.pass_until(paris(9, 18))
    await story.until(lambda: story.world.done.count("donor_reminded") == 2)
    await story.donor_accepts()
    assert await story.ends() == "completed"
    assert story.world.done.count("donor_asked") == 1


async def test_giving_up_on_a_silent_donor_takes_the_request_back(story: Story) -> None:
    before = story.world.snapshot()
    await silent_until_held(story)
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert "dossier_cancelled" in story.world.done
    assert story.world.snapshot() == before


async def test_a_late_yes_counts_only_once_a_person_accepts_it(story: Story) -> None:
    await silent_until_held(story)
    await story.stage("held")
    await story.donor_accepts()
    await story.line("late answer agrees")
    held = await story.status()
    assert held.state == "held"
    assert "accept_late_answer" in held.attention
    assert story.world.status.attention == held.attention
    await story.resolve("accept_late_answer")
    agreed = await story.stage("waiting_for_day")
    assert agreed.due is not None
    assert agreed.due >= paris(8, 8)
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(8, 8)


async def test_a_late_yes_may_be_given_up_on_all_the_same(story: Story) -> None:
    await silent_until_held(story)
    await story.stage("held")
    await story.donor_accepts()
    await story.line("late answer agrees")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.done[-3:] == ["dossier_cancelled", "subscription_cancelled", "sim_released"]


async def test_a_late_no_ends_the_hold_and_the_order(story: Story) -> None:
    await silent_until_held(story)
    await story.stage("held")
    await story.donor_refuses("13", "wrong RIO")
    assert await story.ends() == "rejected"
    assert story.world.status.refusal is not None
    assert story.world.status.refusal.code == "transfer_code_invalid"


class Impatient(PortWorld):
    regime = FrenchRegime(RulesConfig(after_silence="cancel"))


class ImpatientStory(Story):
    world_at = Impatient


async def test_where_the_policy_says_so_silence_cancels_the_order_without_a_person(
    open_order: Callable[..., Awaitable[Any]],
) -> None:
    story = await open_order(ImpatientStory)
    before = story.world.snapshot()
    await story.start()
    await story.stage("waiting_for_donor")
    assert await story.ends() == "cancelled"
    assert story.world.at["dossier_cancelled"] >= paris(6, 12)
    assert story.world.snapshot() == before
    assert not any("held" in line for line in story.world.lines)
