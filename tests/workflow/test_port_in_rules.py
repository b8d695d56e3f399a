"""Refused by the rules after acceptance: the registry says something else than the customer."""

import pytest

from tests.support.port_story import Story


@pytest.mark.parametrize(
    ("served_by", "code"),
    [("ALIZE", "same_operator"), ("BOREA", "number_not_at_donor"), (None, "number_not_portable")],
)
async def test_a_number_that_the_donor_does_not_serve_is_refused_before_anything_is_done(
    story: Story, served_by: str | None, code: str
) -> None:
    story.world.reference = served_by
    await story.start()
    assert await story.ends() == "rejected"
    refusal = story.world.status.refusal
    assert refusal is not None
    assert refusal.code == code
    assert story.world.done == []
    assert story.world.told == ["rejected"]
    assert story.world.recorder.released


async def test_a_registry_that_is_away_for_hours_holds_the_plan_for_a_human_who_may_retry(story: Story) -> None:
    story.world.take_down("registry_number")
    await story.start()
    await story.pass_time(minutes=12)
    waiting_for = (await story.status()).waiting_for
    assert waiting_for is not None
    assert waiting_for.party == "clearing house"
    await story.pass_time(hours=1, minutes=20)
    held = await story.stage("held")
    assert "plan failed at clearing house" in held.attention
    story.world.bring_back("registry_number")
    await story.resolve("retry")
    await story.agreed()
    assert await story.ends() == "completed"


async def test_a_registry_that_is_away_for_hours_may_be_given_up_on(story: Story) -> None:
    story.world.take_down("registry_number")
    await story.start()
    await story.pass_time(hours=1, minutes=20)
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.done == []
