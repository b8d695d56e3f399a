"""Around the point of no return: the notice before it, an HLR that refuses or is away, parties that are away later."""

import pytest

from activities.care import FeeBilled, SimChanged
from activities.hlr import Provisioned
from domain.refusals import RefusalCode, refusal
from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM

NO = refusal(RefusalCode.TECHNICAL, "hlr", raw_text="not now")


async def test_the_move_waits_until_the_notice_has_left_and_says_so(sim: SimStory) -> None:
    sim.world.take_down("journal_await_sent", until=paris(3, 10, 20))
    sim.phone_is_quick()
    await sim.start()
    await sim.line("notice to the old channel failed")
    waits = await sim.waiting()
    assert (waits.party, waits.what) == ("notifications", "notice to the old channel")
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert await sim.ends() == "completed"
    assert sim.world.at["moved"] >= paris(3, 10, 20)


@pytest.mark.parametrize(("decision", "end"), [("retry", "completed"), ("give_up", "failed")])
@pytest.mark.parametrize("reason", ["lost", "upgrade"])
async def test_a_move_that_the_hlr_refuses_is_tried_again_or_everything_is_undone(
    sim: SimStory, reason: str, decision: str, end: str
) -> None:
    sim.world.next_call("hlr_move", Provisioned(refusal=NO))
    await sim.waits(reason)
    sim.world.sims.on_a_phone(1)
    await sim.phone("enabled")
    held = await sim.stage("held")
    assert "the HLR refused the move, nothing was changed: not now" in held.attention
    assert "too late to cancel" in await sim.refused(sim.cancel())
    await sim.resolve(decision)
    assert await sim.ends() == end
    carrier = FIRST_SIM if end == "completed" else OLD_SIM
    assert sim.world.hlr == {carrier.imsi: NUMBER}
    if end == "failed":
        assert sim.world.barred == ({OLD_SIM.imsi} if reason == "lost" else set())
        assert sim.world.snapshot()["reserved"] == []
        assert not sim.world.status.point_of_no_return
        assert sim.world.told[-1] == "failed"


@pytest.mark.parametrize(
    ("party", "effect"),
    [
        ("hlr_move", "moved"),
        ("care_change_sim", "care_told"),
        ("care_bill_fee", "fee_billed"),
        ("logistics_retire_sim", "sim_retired"),
    ],
)
async def test_a_party_that_is_away_from_the_move_on_only_delays_it(sim: SimStory, party: str, effect: str) -> None:
    sim.world.take_down(party, until=paris(3, 13))
    await sim.waits("damaged", "physical")
    await sim.post("inserted")
    await sim.pass_time(hours=1, minutes=30)
    await sim.line("it is tried until it is done")
    shown = await sim.status()
    assert shown.needs_attention
    assert "Nothing to send" in shown.attention
    assert shown.point_of_no_return == (party != "hlr_move")
    assert "too late to cancel" in await sim.refused(sim.cancel())
    assert await sim.ends() == "completed"
    assert sim.world.at[effect] >= paris(3, 13)
    assert not sim.world.status.needs_attention
    assert "sim_released" not in sim.world.done
    assert len((await sim.handle.fetch_history()).events) < 120


async def test_what_care_refuses_after_the_move_is_never_given_up(sim: SimStory) -> None:
    sim.world.next_call("care_change_sim", SimChanged(refusal=NO))
    sim.world.next_call("care_bill_fee", FeeBilled(refusal=NO))
    await sim.waits("upgrade", "physical")
    await sim.post("inserted")
    for activity in ("care_change_sim", "care_bill_fee"):
        await sim.until(lambda name=activity: sim.world.calls[name] == 1)  # type: ignore[misc]
        held = await sim.stage("held")
        assert "give_up" not in held.attention
        assert "too late to cancel" in await sim.refused(sim.cancel())
        await sim.resolve("retry")
        await sim.until(lambda name=activity: sim.world.calls[name] == 2)  # type: ignore[misc]
        first, second = sim.world.requests[activity]
        assert first.key != second.key
    assert await sim.ends() == "completed"
    assert sim.world.fees == {"sr-1": "10.00"}


@pytest.mark.parametrize("form", ["physical", "esim"])
async def test_lost_replies_at_every_step_have_one_effect_each(sim: SimStory, form: str) -> None:
    each = ["hlr_bar", "logistics_reserve_sim", "hlr_move", "care_change_sim", "logistics_retire_sim"]
    each += ["logistics_ship", "care_bill_fee"] if form == "physical" else ["smdp_order_profile"]
    for activity in each:
        sim.world.lose_reply(activity)
    sim.world.lose_reply("identity_send_code")
    await sim.start("lost", form, "one_time_code")
    await sim.pass_time(minutes=6)
    await sim.stage("identifying")
    await sim.code(right=True)
    for _ in range(4):
        await sim.pass_time(minutes=6)
    await sim.stage("on_the_way")
    await (sim.post("delivered") if form == "physical" else sim.phone("enabled"))
    assert await sim.ends() == "completed"
    assert len(sim.world.done) == len(set(sim.world.done))
    assert all(sim.world.calls[activity] == 2 for activity in each)
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}
    assert len({message.kind for message in sim.world.recorder.messages}) == len(
        {key.split(":")[-1] for key in sim.world.told}
    )
