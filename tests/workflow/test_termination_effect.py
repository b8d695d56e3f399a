"""The effect when something is wrong: parties away for days, replies lost, refusals; every effect once, nothing billed
after the last day.
"""

from datetime import timedelta

import pytest

from activities.billing import ContractEnded, FinalInvoiceRequested
from domain.refusals import RefusalCode, refusal
from domain.termination import SettlementOrder
from tests.support.end_story import TerminationStory
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute

EFFECT = ["line_down", "contract_ended", "invoice_asked", "sim_retired"]
NO = refusal(RefusalCode.TECHNICAL, "care", raw_text="try later")


async def completes_as_ever(leaving: TerminationStory) -> None:
    """Whatever went wrong: every effect once, counted up to the last day, quarantine and settlement once."""
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT
    assert leaving.world.hlr == {}
    assert leaving.world.bill.ended == {"K-9": paris(14, 0)}
    (quarantine,), (settlement,) = leaving.world.quarantines, leaving.world.follow_ups
    assert quarantine.since == paris(14, 0)
    assert SettlementOrder.model_validate(settlement.order).effective_at == paris(14, 0)
    assert leaving.world.told == ["confirmed", "completed"]
    assert not leaving.world.status.needs_attention


async def test_an_hlr_that_is_down_for_days_is_tried_until_it_is_done_and_nothing_is_billed_after_the_last_day(
    leaving: TerminationStory,
) -> None:
    leaving.world.retry_after = timedelta(hours=3)
    leaving.world.take_down("hlr_remove", until=paris(17, 12))
    await leaving.waits()
    await leaving.pass_until(paris(16))
    assert leaving.world.done == []
    status = await leaving.status()
    assert (status.needs_attention, status.waiting_for and status.waiting_for.party) == (True, "HLR")
    assert "Call HLR. Nothing to send" in status.attention
    await completes_as_ever(leaving)
    assert leaving.world.at["line_down"] > paris(17, 12)


async def test_billing_that_is_down_for_days_does_not_keep_the_line_up_and_the_last_day_stays_the_last(
    leaving: TerminationStory,
) -> None:
    leaving.world.retry_after = timedelta(hours=3)
    leaving.world.take_down("billing_end_contract", "billing_request_final_invoice", until=paris(17, 12))
    await leaving.waits()
    await leaving.pass_until(paris(16))
    assert leaving.world.done == ["line_down"]
    assert to_the_minute(leaving.world.at["line_down"]) == paris(14, 0)
    assert not leaving.world.recorder.released
    await completes_as_ever(leaving)
    (quarantine,) = leaving.world.quarantines
    assert quarantine.portable_until == paris(24, 0, month=7)


async def test_a_line_whose_plan_came_after_its_last_day_is_not_taken_down_before_its_holder_was_told_for_a_day(
    leaving: TerminationStory,
) -> None:
    leaving.world.take_down("care_line")
    await leaving.start()
    await leaving.line("it is tried again")
    await leaving.pass_until(paris(20, 12))
    await leaving.stage("held")
    leaving.world.bring_back("care_line")
    await leaving.resolve("retry")
    status = await leaving.stage("notice")
    assert "confirmed" in leaving.world.told
    assert status.waiting_for is not None
    assert status.waiting_for.until is not None
    assert paris(21, 11, 50) < status.waiting_for.until < paris(21, 12, 10)
    await completes_as_ever(leaving)
    assert leaving.world.at["line_down"] > paris(21, 11, 50)
    (quarantine,) = leaving.world.quarantines
    assert quarantine.portable_until == paris(24, 0, month=7)


async def test_logistics_that_is_down_only_delays_the_close(leaving: TerminationStory) -> None:
    leaving.world.take_down("logistics_retire_sim", until=paris(14, 2))
    await leaving.start()
    await completes_as_ever(leaving)


@pytest.mark.parametrize(
    "activity",
    ["hlr_remove", "billing_end_contract", "billing_request_final_invoice", "logistics_retire_sim", "journal_record"],
)
async def test_a_reply_that_is_lost_at_the_effect_brings_it_about_once(
    leaving: TerminationStory, activity: str
) -> None:
    await leaving.waits()
    before = leaving.world.calls[activity]
    leaving.world.lose_reply(activity)
    await completes_as_ever(leaving)
    assert leaving.world.calls[activity] - before >= 2


@pytest.mark.parametrize(
    ("activity", "answer", "said"),
    [
        ("billing_end_contract", ContractEnded(refusal=NO), "customer care refused to end the contract: try later"),
        (
            "billing_request_final_invoice",
            FinalInvoiceRequested(refusal=NO),
            "billing refused the last invoice: try later",
        ),
    ],
)
async def test_a_refusal_at_the_effect_is_shown_to_a_person_and_asked_anew_with_a_key_of_its_own(
    leaving: TerminationStory, activity: str, answer: object, said: str
) -> None:
    leaving.world.next_call(activity, answer)
    await leaving.waits()
    await leaving.pass_until(paris(14, 0, 1))
    status = await leaving.stage("held")
    assert status.needs_attention
    assert status.attention.startswith(said)
    assert "action must be one of retry" in await leaving.refused(leaving.resolve("give_up"))
    assert "too late to withdraw" in await leaving.refused(leaving.cancel())
    await leaving.resolve("retry")
    await completes_as_ever(leaving)
    first, second = (request.key for request in leaving.world.requests[activity])
    assert (first[-2:], second[-2:]) == (":1", ":2")


async def test_a_number_that_no_sim_carries_ends_all_the_same(leaving: TerminationStory) -> None:
    leaving.world.hlr = {}
    await leaving.start()
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT[1:]
    assert len(leaving.world.quarantines) == 1


async def test_a_sim_that_has_been_given_another_number_is_left_alone(leaving: TerminationStory) -> None:
    await leaving.waits()
    (imsi,) = leaving.world.hlr
    leaving.world.hlr = {imsi: "+33639980999"}
    assert await leaving.ends() == "completed"
    assert leaving.world.hlr == {imsi: "+33639980999"}


async def test_the_sim_that_the_hlr_names_goes_down_although_care_knows_another(leaving: TerminationStory) -> None:
    leaving.world.hlr = {"208990000000901": NUMBER}
    await leaving.start()
    assert await leaving.ends() == "completed"
    assert leaving.world.hlr == {}
    assert leaving.world.sims.retired == []  # nobody knows its ICCID


async def test_temporals_own_cancel_after_the_last_day_changes_nothing(leaving: TerminationStory) -> None:
    async def cancelled() -> None:
        await leaving.handle.cancel()

    leaving.world.after_effect("hlr_remove", cancelled)
    await leaving.start()
    await completes_as_ever(leaving)
