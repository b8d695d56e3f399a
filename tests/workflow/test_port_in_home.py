"""Home's own systems: stock, customer care, the journal; before the point of no return and after it."""

from datetime import timedelta

from activities.care import Activated, Prepared
from activities.logistics import ReservedSim
from domain.refusals import RefusalCode, refusal
from tests.support.port_story import Story, paris
from tests.support.port_world import down

EMPTY = ReservedSim(refusal=refusal(RefusalCode.TECHNICAL, "logistics", raw_code="stock_empty", raw_text="no cards"))
NO = refusal(RefusalCode.TECHNICAL, "care", raw_text="not now")


async def test_an_empty_stock_is_held_and_a_retry_asks_with_a_new_key(story: Story) -> None:
    story.world.next_call("logistics_reserve_sim", EMPTY)
    await story.start()
    held = await story.stage("held")
    assert "no SIM card: no cards" in held.attention
    await story.resolve("retry")
    await story.agreed()
    assert await story.ends() == "completed"
    assert [request.key for request in story.world.requests["logistics_reserve_sim"]] == [
        "pi-1:reserve-sim:1",
        "pi-1:reserve-sim:2",
    ]


async def test_an_empty_stock_may_be_given_up_on(story: Story) -> None:
    story.world.next_call("logistics_reserve_sim", EMPTY)
    await story.start()
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.told == ["failed"]


async def test_a_subscription_that_care_refuses_is_held_and_retried(story: Story) -> None:
    story.world.next_call("care_prepare_subscription", Prepared(refusal=NO))
    await story.start()
    await story.stage("held")
    await story.resolve("retry")
    await story.agreed()
    assert await story.ends() == "completed"


async def test_an_order_that_a_party_makes_wait_says_for_whom_and_goes_on_by_itself(story: Story) -> None:
    story.world.take_down("care_prepare_subscription")
    await story.start()
    await story.pass_time(minutes=1)
    shown = await story.status()
    assert (shown.state, shown.stage, shown.needs_attention) == ("pending", "reserving", False)
    assert shown.waiting_for is not None
    assert (shown.waiting_for.party, shown.waiting_for.what) == ("care", "prepare subscription")
    story.world.bring_back("care_prepare_subscription")
    await story.pass_time(minutes=5)
    await story.line("prepare subscription done at care")
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.done.count("subscription_prepared") == 1


async def test_care_that_is_away_for_hours_holds_the_order_and_a_retry_goes_on(story: Story) -> None:
    story.world.take_down("care_prepare_subscription")
    await story.start()
    await story.pass_time(hours=1, minutes=5)
    held = await story.stage("held")
    assert "prepare subscription failed at care" in held.attention
    story.world.bring_back("care_prepare_subscription")
    await story.resolve("retry")
    await story.stage("waiting_for_donor")
    await story.donor_accepts()
    assert await story.ends() == "completed"
    assert story.world.done.count("subscription_prepared") == 1


async def test_care_that_is_away_at_the_close_only_delays_it(story: Story) -> None:
    story.world.retry_after = timedelta(minutes=30)
    story.world.take_down("care_activate_contract", until=paris(7, 8))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 10))
    shown = await story.status()
    assert shown.needs_attention
    assert shown.state == "pending"
    assert shown.point_of_no_return
    assert await story.ends() == "completed"
    assert not story.world.status.needs_attention
    assert "number_off_sim" not in story.world.done
    assert story.world.done.count("contract_activated") == 1


async def test_a_contract_that_care_refuses_to_activate_is_retried_with_a_new_key(story: Story) -> None:
    story.world.next_call("care_activate_contract", Activated(refusal=NO))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    held = await story.stage("held")
    assert "give_up" not in held.attention
    await story.resolve("retry")
    assert await story.ends() == "completed"
    first, second = story.world.requests["care_activate_contract"]
    assert first.key != second.key


async def test_a_missing_acknowledgement_delays_the_end_and_not_the_customer(story: Story) -> None:
    story.world.unacknowledged = ["DUNE"]
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 9))
    await story.line("acknowledgement missing: DUNE")
    shown = await story.status()
    assert shown.needs_attention
    assert "Nothing to send" in shown.attention
    assert story.world.recorder.released
    assert story.world.subscription == "active"
    story.world.unacknowledged = []
    assert await story.ends() == "completed"
    assert not story.world.status.needs_attention
    assert "number_off_sim" not in story.world.done


async def test_a_proof_that_fails_is_shown_to_a_person(story: Story) -> None:
    async def sim_lost() -> None:
        story.world.hlr.clear()

    story.world.after_effect("care_activate_contract", sim_lost)
    story.world.take_down("evidence_look", until=paris(6, 8, 30))
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 10))
    held = await story.stage("held")
    assert "the HLR does not carry the number on the new SIM" in held.attention
    story.world.hlr["208990000000017"] = "+33639980123"
    await story.resolve("retry")
    assert await story.ends() == "completed"


async def test_a_port_later_than_the_law_allows_says_what_it_owes(story: Story) -> None:
    await story.start()
    await story.agreed(paris(10, 8))
    assert await story.ends() == "completed"
    outcome = story.world.status.outcome
    assert outcome is not None
    assert outcome["compensation"]["days"] == 4
    assert outcome["compensation"]["amount"] == "16.00"


async def test_a_journal_that_cannot_be_written_stops_the_order_until_it_can(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    story.world.next_call("journal_record", *[down("journal", timedelta(milliseconds=20))] * 8)
    await story.donor_accepts()
    assert await story.ends() == "completed"
    assert story.world.told == ["received", "date_agreed", "completed"]
    assert len(story.world.recorder.entries) == len({entry.key for entry in story.world.recorder.entries})
