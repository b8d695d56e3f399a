"""The commands of a plain port out, in order. Orders wait for months: whoever changes this list changes live workflows
and needs a version of the story (`workflow.patched`) or the certainty that none is running.
"""

from tests.support.order_story import paris
from tests.support.out_story import OutStory

PORT_OUT = [
    "local rules_plan_port_out",
    "local journal_read_inbox",
    "timer",
    "local rules_judge_port_out",
    "local journal_record",
    "local journal_await_sent",
    "local rules_find_first_possible",
    "activity clearing_house_answer_request answer",
    "timer cancelled",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "timer",
    "local journal_read_inbox",
    "timer cancelled",
    "local journal_record",
    "local journal_take_line",
    "local leaving_find_what_left",
    "activity hlr_remove take-down",
    "local journal_record",
    "local leaving_plan_end",
    "activity billing_end_contract end-contract",
    "activity billing_request_final_invoice request-final-invoice",
    "activity logistics_retire_sim retire-sim",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "completed",
]


async def test_the_commands_of_a_plain_port_out_are_the_known_ones(out: OutStory) -> None:
    await out.agreed()
    await out.pass_until(paris(8, 8, 30))
    await out.performed()
    await out.ends()
    assert await out.commands() == PORT_OUT
    assert len((await out.handle.fetch_history()).events) <= 59
