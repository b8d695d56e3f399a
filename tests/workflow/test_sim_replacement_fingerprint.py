"""The commands of plain SIM replacements, in order. Orders run for weeks: whoever changes these lists changes live
workflows and needs a version of the story (`workflow.patched`) or the certainty that none is running.
"""

from tests.support.sim_story import SimStory

PLAN_TO_NOTICE = [
    "local rules_plan_sim_replacement",
    "timer",
    "local journal_record",
]
MOVE = [
    "local journal_read_inbox",
    "timer cancelled",
    "local journal_await_sent",
    "local journal_look_at_line",
    "local journal_begin_move",
    "activity hlr_move move",
    "local journal_record",
    "local journal_look_at_line",
    "activity care_change_sim change-sim",
    "activity logistics_retire_sim retire-old-sim",
]
END = [
    "timer cancelled",
    "local journal_record",
    "list OrderState Stage WaitingFor",
    "completed",
]
ESIM = [
    *PLAN_TO_NOTICE,
    "list Due OrderState Stage",
    "activity logistics_reserve_sim reserve-profile",
    "activity smdp_order_profile order-profile",
    "local journal_record",
    "list OrderState Stage WaitingFor",
    "timer",
    *MOVE,
    *END,
]
LOST_CARD = [
    "activity hlr_bar bar",
    "local journal_record",
    "list OrderState",
    *PLAN_TO_NOTICE,
    "list Due Stage",
    "activity logistics_reserve_sim reserve-card",
    "activity logistics_ship ship",
    "local journal_record",
    "list OrderState Stage WaitingFor",
    "timer",
    *MOVE,
    "activity care_bill_fee bill-fee",
    *END,
]


async def test_the_commands_of_a_plain_esim_are_the_known_ones(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("enabled")
    await sim.ends()
    assert await sim.commands() == ESIM
    assert len((await sim.handle.fetch_history()).events) <= 60


async def test_the_commands_of_a_card_for_a_lost_one_are_the_known_ones(sim: SimStory) -> None:
    await sim.waits("lost", "physical")
    await sim.post("delivered")
    await sim.ends()
    assert await sim.commands() == LOST_CARD
