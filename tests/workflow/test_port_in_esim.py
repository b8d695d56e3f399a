"""A port in to an eSIM: the customer's phone fetches it first, and only then is the donor asked."""

import pytest

from activities.smdp import ProfileOrdered
from domain.refusals import RefusalCode, refusal
from domain.sims import SimForm
from tests.support.fake_sims import FIRST_SIM, nth_sim
from tests.support.order_story import to_the_minute
from tests.support.port_story import Story, paris
from tests.support.port_world import NUMBER

NO = refusal(RefusalCode.TECHNICAL, "smdp", raw_text="not allowed")


async def fetches(story: Story) -> None:
    """Up to the wait for the phone."""
    await story.start(sim_form=SimForm.ESIM)
    await story.line("the profile waits for the customer's phone")
    await story.quiet()


async def test_a_number_is_ported_to_an_esim_that_a_phone_has(story: Story) -> None:
    await fetches(story)
    shown = await story.status()
    assert (shown.stage, shown.state) == ("reserving", "pending")
    waits = await story.waiting()
    assert (waits.party, to_the_minute(waits.until)) == ("customer's phone", paris(10))
    assert story.world.done == ["sim_reserved", "profile_ordered"]
    await story.phone("downloaded")
    await story.phone("enabled")
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.hlr == {FIRST_SIM.imsi: NUMBER}
    assert story.world.told == ["esim_ready", "received", "date_agreed", "completed"]
    (prepared,) = story.world.requests["care_prepare_subscription"]
    assert prepared.sim == FIRST_SIM


async def test_the_donors_deadlines_run_from_the_installation(story: Story) -> None:
    await fetches(story)
    await story.pass_until(paris(5))
    await story.phone("enabled")
    await story.stage("waiting_for_donor")
    assert to_the_minute((await story.waiting()).until) == paris(8, 18)
    await story.pass_until(paris(8, 17, 59))
    assert "donor_reminded" not in story.world.done
    await story.donor_accepts()
    assert await story.ends() == "completed"
    outcome = story.world.status.outcome
    assert outcome is not None
    assert "compensation" not in outcome  # the customer took his time, nobody else


@pytest.mark.parametrize("why", ["error", "nobody", "refused"])
async def test_a_profile_that_comes_to_nothing_is_replaced_before_the_donor_is_asked(story: Story, why: str) -> None:
    if why == "refused":
        story.world.next_call("smdp_order_profile", ProfileOrdered(refusal=NO))
    await fetches(story)
    if why == "nobody":
        await story.pass_until(paris(10, 10, 1))
    elif why != "refused":
        await story.phone(why)
    await story.line("another profile is ordered")
    await story.until(lambda: story.world.sims.attempts.get(2) == nth_sim(2).iccid)
    assert "donor_asked" not in story.world.done
    assert story.world.sims.retired == [FIRST_SIM.iccid]
    assert "download_failed_1" in story.world.told
    await story.phone("enabled", attempt=2)
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.hlr == {nth_sim(2).imsi: NUMBER}


@pytest.mark.parametrize("in_temporal", [False, True])
async def test_a_cancel_while_the_phone_is_waited_for_gives_the_profile_back(story: Story, in_temporal: bool) -> None:
    before = story.world.snapshot()
    await fetches(story)
    await (story.handle.cancel() if in_temporal else story.cancel())
    assert await story.ends() == "cancelled"
    assert story.world.done == ["sim_reserved", "profile_ordered", "profile_returned", "sim_released"]
    assert story.world.snapshot() == before
    assert story.world.told == ["esim_ready", "cancelled"]


async def test_a_cancel_after_the_installation_keeps_the_profile_out_of_stock(story: Story) -> None:
    await fetches(story)
    await story.phone("enabled")
    await story.stage("waiting_for_donor")
    await story.cancel()
    assert await story.ends() == "cancelled"
    assert story.world.sims.retired == [FIRST_SIM.iccid]
    assert "sim_released" not in story.world.done


async def test_after_three_profiles_a_person_may_give_up(story: Story) -> None:
    before = story.world.snapshot()
    story.world.next_call("smdp_order_profile", *[ProfileOrdered(refusal=NO)] * 3)
    await story.start(sim_form=SimForm.ESIM)
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.snapshot() == before
