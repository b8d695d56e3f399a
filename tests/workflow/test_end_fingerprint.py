"""The commands of a plain termination and of a plain settlement, in order. Orders run for months: whoever changes these
lists changes live workflows and needs a version of the story (`workflow.patched`) or the certainty that none is
running.
"""

from tests.support.end_story import SettlementStory, TerminationStory

TERMINATION = [
    "local rules_plan_termination",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "timer",
    "local journal_read_inbox",
    "local clock_look",
    "local journal_take_line",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "local leaving_find_sim",
    "activity hlr_remove take-down",
    "activity billing_end_contract end-contract",
    "activity billing_request_final_invoice request-final-invoice",
    "activity logistics_retire_sim retire-sim",
    "local journal_record",
    "list OrderState Stage",
    "completed",
]
NEXT_LOOK = ["timer", "local clock_look", "local billing_look"]
SETTLEMENT = [
    "local billing_look",
    "local journal_record",
    "list OrderState Stage WaitingFor",
    *NEXT_LOOK,
    "local rules_check_invoice",
    "local journal_record",
    "list OrderState Stage WaitingFor",
    "local journal_record",
    "list OrderState WaitingFor",
    *NEXT_LOOK,
    *NEXT_LOOK,
    *NEXT_LOOK,
    "local rules_owe_back",
    "activity billing_refund refund-advances",
    "local journal_record",
    "list OrderState WaitingFor",
    "local clock_look",
    "local rules_owe_back",
    "local journal_record",
    "list OrderState Stage",
    "completed",
]


async def test_the_commands_of_a_plain_termination_are_the_known_ones(leaving: TerminationStory) -> None:
    await leaving.start()
    await leaving.ends()
    assert await leaving.commands() == TERMINATION
    assert len((await leaving.handle.fetch_history()).events) <= 45


async def test_the_commands_of_a_plain_settlement_are_the_known_ones(money: SettlementStory) -> None:
    money.world.bill.lend(advances="12.00")
    await money.start()
    await money.ends()
    assert await money.commands() == SETTLEMENT
    assert len((await money.handle.fetch_history()).events) <= 54
