"""Settlements that last: months of looking pass in seconds, histories begin anew, and nothing is paid or told twice."""

from datetime import timedelta

from tests.support.end_story import SettlementStory
from tests.support.end_world import NEVER, june
from tests.support.order_story import paris, to_the_minute


async def runs(money: SettlementStory) -> int:
    """How many histories the settlement has had, this one included."""
    first = money.handle.first_execution_run_id
    count, run = 1, (await money.handle.describe()).run_id
    while run != first:
        history = await money.env.client.get_workflow_handle(money.handle.id, run_id=run).fetch_history()
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        count += 1
    return count


async def test_a_settlement_of_a_hundred_and_twenty_days_begins_anew_once_and_its_journal_goes_on(
    money: SettlementStory,
) -> None:
    money.world.bill.lend(deposit="50.00", advances="12.00")
    money.world.bill.returned_at = paris(12, month=10)
    await money.start()
    await money.pass_until(paris(1, month=10))
    status = await money.status()
    assert status.waiting_for is not None
    assert (status.state, status.stage, status.waiting_for.what) == ("pending", "refunding", "the return of the box")
    assert await money.ends() == "completed"
    assert to_the_minute(money.world.at["deposit_refunded"]) == paris(13, 0, month=10)
    assert money.world.bill.paid_back == {"deposit": "50.00", "advances": "12.00"}
    assert money.world.told == ["invoice_ok", "refunded_1", "refunded_2", "completed"]
    sequence = [entry.seq for entry in money.world.recorder.entries]
    assert sequence == sorted(set(sequence))
    assert await runs(money) == 2


async def test_a_settlement_of_three_hundred_days_keeps_calling_for_a_person_through_every_new_history(
    money: SettlementStory,
) -> None:
    money.world.bill.lend(deposit="50.00")
    money.world.bill.returned_at = paris(14, month=6) + timedelta(days=300)
    await money.start()
    await money.pass_until(paris(14, month=6) + timedelta(days=250))
    status = await money.status()
    assert status.needs_attention
    assert "customer owes the return of the box" in status.attention
    assert money.world.lines.count("this takes too long") == 1
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {"deposit": "50.00"}
    assert not money.world.status.needs_attention
    assert money.world.told == ["invoice_ok", "refunded_1", "completed"]
    assert len(money.world.recorder.entries) < 12
    assert len((await money.handle.fetch_history()).events) < 2000
    assert await runs(money) == 4


async def test_a_question_to_a_person_outlives_the_history_that_it_was_asked_in(money: SettlementStory) -> None:
    money.world.bill.lines, money.world.bill.answers = [june(amount="19.99")], ["rejected"]
    await money.start()
    await money.pass_until(paris(14) + timedelta(days=130))
    await money.quiet()
    assert (await money.status()).state == "held"
    await money.resolve("accept")
    assert await money.ends() == "completed"
    assert await runs(money) == 2
    assert len(money.world.bill.disputes) == 1


async def test_billing_that_is_down_for_weeks_is_waited_for_and_everything_is_done_once_when_it_is_back(
    money: SettlementStory,
) -> None:
    money.world.retry_after = timedelta(hours=6)
    money.world.bill.lines = [june(last=30, amount="19.99")]
    money.world.bill.lend(advances="12.00")
    money.world.bill.paid_after = NEVER
    await money.start()
    await money.stage("invoicing")
    money.world.take_down("billing_look", "billing_open_dispute", "billing_refund", until=paris(12, month=7))
    await money.pass_until(paris(1, month=7))
    status = await money.status()
    assert status.needs_attention
    assert status.attention.startswith("look")
    assert "Call care" in status.attention
    money.world.bill.paid_after = timedelta(days=12)
    assert await money.ends() == "completed"
    assert money.world.done == ["disputed", "late_increase_refunded", "advances_refunded"]
    assert not money.world.status.needs_attention
