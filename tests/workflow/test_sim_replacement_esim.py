"""eSIMs: lost on the phone, never fetched, refused, and what is heard of them twice, late or never."""

import pytest

from activities.smdp import ProfileOrdered
from domain.refusals import RefusalCode, refusal
from tests.support.fake_sims import FIRST_SIM, nth_sim
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM

NO = refusal(RefusalCode.TECHNICAL, "smdp", raw_code="8.2.1/1.2", raw_text="not allowed")


@pytest.mark.parametrize("stage", ["error", "expired", "deleted"])
async def test_a_profile_that_is_lost_is_given_back_for_good_and_another_one_is_ordered(
    sim: SimStory, stage: str
) -> None:
    await sim.waits("damaged")
    await sim.phone(stage, text="no room")
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)
    await sim.stage("on_the_way")
    lost = f"the profile is lost on the phone: {stage} no room"
    why = "no phone fetched the profile in time" if stage == "expired" else lost
    assert any(why in line for line in sim.world.lines)
    assert sim.world.sims.profiles[FIRST_SIM.iccid] == "spoiled"
    assert sim.world.sims.retired == [FIRST_SIM.iccid]
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert "download_failed_1" in sim.world.told
    await sim.phone("enabled", attempt=2)
    assert await sim.ends() == "completed"
    assert sim.world.hlr == {nth_sim(2).imsi: NUMBER}
    assert sim.world.snapshot()["reserved"] == ["sr-1:2"]


async def test_a_profile_that_the_smdp_refuses_is_not_tried_again(sim: SimStory) -> None:
    sim.world.next_call("smdp_order_profile", ProfileOrdered(refusal=NO))
    await sim.waits()
    assert sim.world.sims.retired == [FIRST_SIM.iccid]
    assert list(sim.world.sims.profiles) == [nth_sim(2).iccid]
    await sim.phone("enabled")
    await sim.quiet()
    assert "moved" not in sim.world.done


@pytest.mark.parametrize(("action", "end"), [("retry", "completed"), ("give_up", "failed")])
async def test_after_three_profiles_in_vain_a_person_decides(sim: SimStory, action: str, end: str) -> None:
    before = sim.world.snapshot()
    sim.world.next_call("smdp_order_profile", *[ProfileOrdered(refusal=NO)] * 3)
    await sim.start()
    held = await sim.stage("held")
    assert "3 profiles failed: the SM-DP+ refused the profile: 8.2.1/1.2 not allowed" in held.attention
    assert "download_failed_2" in sim.world.told
    assert "download_failed_3" not in sim.world.told  # it says that another code is on its way
    await sim.resolve(action)
    if action == "retry":
        await sim.until(lambda: "profile_ordered" in sim.world.done)
        await sim.phone("enabled", attempt=4)
    assert await sim.ends() == end
    assert end == "completed" or sim.world.snapshot() == before


async def test_a_profile_that_no_phone_fetches_for_a_week_is_replaced(sim: SimStory) -> None:
    await sim.waits()
    assert to_the_minute((await sim.waiting()).until) == paris(10, 10)
    await sim.pass_until(paris(10, 10, 1))
    await sim.line("no phone fetched the profile in time; another profile is ordered")
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)


async def test_a_profile_that_a_phone_has_although_nobody_said_so_is_found_out(sim: SimStory) -> None:
    await sim.waits()
    sim.world.sims.on_a_phone(1)
    assert await sim.ends() == "completed"
    assert to_the_minute(sim.world.at["moved"]) == paris(10, 10)
    assert sim.world.done.count("profile_ordered") == 1
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}


async def test_what_the_smdp_tells_twice_late_or_disordered_moves_the_number_once(sim: SimStory) -> None:
    await sim.waits()
    sim.world.take_down("journal_await_sent")
    await sim.phone("enabled", at=paris(3, 11))
    await sim.phone("downloaded", at=paris(3, 10, 59))
    await sim.phone("enabled", at=paris(3, 11))
    await sim.phone("error", at=paris(3, 10, 58))
    sim.world.bring_back("journal_await_sent")
    await sim.phone("enabled", at=paris(3, 11, 1))
    assert await sim.ends() == "completed"
    assert sim.world.done.count("moved") == 1
    assert sim.world.done.count("profile_ordered") == 1


async def test_a_failure_stays_one_when_news_from_before_it_comes_late(sim: SimStory) -> None:
    async def both() -> None:
        await sim.phone("error", at=paris(3, 11))
        await sim.phone("downloaded", at=paris(3, 10, 59))
        sim.world.sims.profiles[FIRST_SIM.iccid] = "ordered"

    sim.world.after_effect("smdp_order_profile", both)
    await sim.start()
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)
    await sim.stage("on_the_way")
    assert await sim.world.clock.now() < paris(3, 11)


async def test_an_esim_that_is_installed_and_not_switched_on_leaves_the_number_where_it_is(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("installed")
    await sim.pass_time(days=9)
    assert "moved" not in sim.world.done
    assert sim.world.done.count("profile_ordered") == 1
    assert sim.world.status.late
    await sim.phone("enabled")
    assert await sim.ends() == "completed"


async def test_late_news_of_a_profile_that_was_given_up_says_nothing_of_the_next(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("error")
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)
    await sim.phone("enabled", attempt=1)
    await sim.quiet()
    assert "moved" not in sim.world.done


async def test_a_phone_that_takes_no_esim_is_refused_before_anything_is_ordered(sim: SimStory) -> None:
    sim.world.handset = sim.world.handset.model_copy(update={"esim": False})
    await sim.start("upgrade", imei=sim.world.handset.imei)
    assert await sim.ends() == "rejected"
    assert sim.world.done == []
    assert sim.world.told_by == [("rejected", "email")]


async def test_a_profile_that_a_phone_has_already_never_goes_back_to_stock(sim: SimStory) -> None:
    sim.world.take_down("journal_await_sent")
    await sim.waits()
    await sim.phone("enabled")
    await sim.stuck()
    await sim.cancel()
    assert await sim.ends() == "cancelled"
    assert "sim_released" not in sim.world.done
    assert sim.world.sims.retired == [FIRST_SIM.iccid]
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
