"""The commands of a port that goes well, in order. Orders run for weeks: whoever changes this list changes live
workflows and needs a version of the story (`workflow.patched`) or the certainty that none is running.
"""

from tests.support.port_story import Story

FINGERPRINT = [
    "local rules_plan_port_in",
    "activity logistics_reserve_sim reserve-sim",
    "activity care_prepare_subscription prepare-subscription",
    "activity clearing_house_ask_donor ask-donor",
    "list Due OrderState Stage WaitingFor",
    "timer",
    "local journal_read_inbox",
    "timer cancelled",
    "local journal_record",
    "list Due Stage WaitingFor",
    "timer",
    "local journal_read_inbox",
    "local clock_look",
    "local journal_record",
    "activity hlr_put_in_service put-in-service-2026-06-06",
    "activity clearing_house_declare_performed porting-performed-5",
    "activity care_activate_contract activate-contract",
    "local evidence_look",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "completed",
]


async def test_the_commands_of_a_happy_port_are_the_known_ones(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.ends()
    assert await story.commands() == FINGERPRINT
