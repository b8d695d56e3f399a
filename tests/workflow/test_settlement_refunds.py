"""What the holder lent us: the deposit once the item is back, advances once the last invoice is paid; what is late is
increased by half, and nothing is paid twice.
"""

from datetime import timedelta

import pytest

from activities.billing import Refunded
from domain.refusals import RefusalCode, refusal
from tests.support.end_story import SettlementStory
from tests.support.end_world import NEVER, june
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_world import EMAIL


async def test_a_deposit_is_paid_back_the_day_its_item_is_back_before_the_invoice_too(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00")
    money.world.bill.issued_after, money.world.bill.returned_at = timedelta(days=9), paris(15, 15)
    await money.start(invoice_expected_at=None)
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {"deposit": "50.00"}
    assert to_the_minute(money.world.at["deposit_refunded"]) == paris(16, 0)
    assert money.world.told == ["refunded_1", "invoice_ok", "completed"]
    assert money.world.recorder.messages[0].fields == {"amount": "50.00 €", "what": "deposit"}


async def test_a_deposit_is_waited_for_after_the_invoice_and_its_item_is_named(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00")
    money.world.bill.returned_at = paris(30, 15)
    await money.start()
    await money.pass_until(paris(20))
    waits = await money.waiting()
    assert (waits.party, waits.what) == ("customer", "the return of the box")
    assert await money.ends() == "completed"
    assert to_the_minute(money.world.at["deposit_refunded"]) == paris(1, 0, month=7)
    assert money.world.status.outcome is not None
    assert money.world.status.outcome["refunds"] == {"deposit": "50.00"}


async def test_a_deposit_for_no_item_is_due_from_the_end(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00", item="")
    await money.start()
    assert await money.ends() == "completed"
    assert to_the_minute(money.world.at["deposit_refunded"]) == paris(14, 0)


async def test_advances_are_paid_back_when_the_last_invoice_is_paid(money: SettlementStory) -> None:
    money.world.bill.lend(advances="12.00")
    await money.start()
    await money.pass_until(paris(18))
    assert (await money.waiting()).what == "the payment of the last invoice"
    assert money.world.done == []
    assert await money.ends() == "completed"
    assert to_the_minute(money.world.at["advances_refunded"]) == paris(19, 0)
    assert money.world.bill.paid_back == {"advances": "12.00"}


async def test_an_item_and_a_payment_that_come_at_once_are_each_paid_back_once(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00", advances="12.00")
    money.world.bill.returned_at = paris(18, 15)
    await money.start()
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {"deposit": "50.00", "advances": "12.00"}
    assert money.world.told == ["invoice_ok", "refunded_1", "refunded_2", "completed"]


async def test_a_refund_does_not_hide_what_else_is_waited_for(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00", advances="12.00")
    money.world.bill.paid_after, money.world.bill.returned_at = timedelta(days=20), paris(18, 15)
    await money.start()
    await money.pass_until(paris(20))
    status = await money.status()
    assert money.world.bill.paid_back == {"deposit": "50.00"}
    assert (status.state, (await money.waiting()).what) == ("pending", "the payment of the last invoice")


async def test_a_last_invoice_that_is_never_paid_is_shown_to_a_person_and_the_advances_stay(
    money: SettlementStory,
) -> None:
    money.world.bill.lend(advances="12.00")
    money.world.bill.paid_after = NEVER
    await money.start()
    await money.pass_until(paris(18, month=7))
    status = await money.status()
    assert status.needs_attention
    assert "customer owes the payment of the last invoice" in status.attention
    assert money.world.bill.paid_back == {}


async def test_nothing_lent_is_nothing_refunded_and_nobody_unreachable_is_written_to(money: SettlementStory) -> None:
    await money.start(email=None)
    assert await money.ends() == "completed"
    assert (money.world.calls["billing_refund"], money.world.told) == (0, [])


async def test_the_holder_is_told_at_the_address_of_the_order_and_never_on_his_former_number(
    money: SettlementStory,
) -> None:
    money.world.bill.lend(deposit="50.00", item="")
    await money.start(phone="+33639980777")
    assert await money.ends() == "completed"
    assert {message.to for message in money.world.recorder.messages} == {EMAIL, "+33639980777"}


# Late.


@pytest.mark.parametrize(("back", "increase"), [(paris(26, 0, 30), None), (paris(24, 23, 30), "25.00")])
async def test_billing_that_was_down_past_the_tenth_day_costs_half_as_much_again(
    money: SettlementStory, back: object, increase: str | None
) -> None:
    """The item came back on the 14th, so the deposit is due by the end of the 24th; or a day later, by that of the
    25th.
    """
    money.world.retry_after = timedelta(hours=6)
    money.world.bill.lend(deposit="50.00")
    money.world.bill.returned_at = paris(14, 12) if increase else paris(16, 12)
    await money.start()
    await money.pass_until(paris(14, 6))
    money.world.take_down("billing_look", until=paris(25, 6))
    assert await money.ends() == "completed"
    expected = {"deposit": "50.00"} | ({"late_increase:deposit": increase} if increase else {})
    assert money.world.bill.paid_back == expected


async def test_a_refund_that_billing_took_too_late_is_increased_although_it_was_asked_for_in_time(
    money: SettlementStory,
) -> None:
    money.world.retry_after = timedelta(hours=6)
    money.world.bill.lend(deposit="50.00")
    money.world.bill.returned_at = paris(14, 12)
    money.world.take_down("billing_refund", until=paris(27))
    await money.start()
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {"deposit": "50.00", "late_increase:deposit": "25.00"}
    assert money.world.status.outcome is not None
    assert money.world.status.outcome["refunds"] == money.world.bill.paid_back


async def test_deposit_and_advances_that_are_both_late_are_increased_each_once(money: SettlementStory) -> None:
    money.world.retry_after = timedelta(hours=12)
    money.world.bill.lend(deposit="50.00", advances="12.01")
    money.world.bill.returned_at = paris(14, 12)
    money.world.take_down("billing_look", until=paris(20, month=7))
    await money.start()
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {
        "deposit": "50.00",
        "advances": "12.01",
        "late_increase:deposit": "25.00",
        "late_increase:advances": "6.01",
    }
    assert money.world.told == ["invoice_ok", "refunded_1", "refunded_2", "refunded_3", "refunded_4", "completed"]


# What goes wrong.


async def test_a_deposit_is_paid_in_time_while_nobody_decides_about_a_rejected_dispute(money: SettlementStory) -> None:
    bill = money.world.bill
    bill.lines, bill.answers = [june(amount="19.99")], ["rejected"]
    bill.lend(deposit="50.00")
    bill.returned_at = paris(20, 12)
    await money.start()
    await money.pass_until(paris(1, month=7))
    await money.quiet()
    status = await money.status()
    assert (status.state, status.needs_attention) == ("held", True)
    assert bill.paid_back == {"deposit": "50.00"}
    await money.resolve("accept")
    assert await money.ends() == "completed"
    assert bill.paid_back == {"deposit": "50.00"}


async def test_a_person_is_asked_one_thing_after_the_other(money: SettlementStory) -> None:
    bill = money.world.bill
    bill.lines, bill.answers = [june(amount="19.99")], ["rejected"]
    bill.lend(deposit="50.00")
    bill.returned_at = paris(20, 12)
    no = refusal(RefusalCode.TECHNICAL, "billing", raw_text="no bank account")
    money.world.next_call("billing_refund", Refunded(refusal=no))
    await money.start()
    await money.pass_until(paris(22))
    assert (await money.status()).attention.startswith("billing rejected the dispute")
    await money.resolve("accept")
    await money.line("billing refused the refund")
    await money.quiet()
    await money.resolve("retry")
    assert await money.ends() == "completed"
    assert bill.paid_back == {"deposit": "50.00"}
    assert len(bill.disputes) == 1


async def test_a_lost_reply_to_a_refund_pays_once(money: SettlementStory) -> None:
    money.world.bill.lend(deposit="50.00", item="")
    money.world.lose_reply("billing_refund")
    await money.start()
    assert await money.ends() == "completed"
    assert money.world.bill.paid_back == {"deposit": "50.00"}
    assert money.world.calls["billing_refund"] == 2


async def test_billing_that_refuses_a_refund_is_asked_anew_once_a_person_says_so(money: SettlementStory) -> None:
    no = refusal(RefusalCode.TECHNICAL, "billing", raw_text="no bank account")
    money.world.bill.lend(deposit="50.00", item="")
    money.world.next_call("billing_refund", Refunded(refusal=no))
    await money.start()
    status = await money.stage("held")
    assert status.attention.startswith("billing refused the refund of the deposit: no bank account")
    await money.resolve("retry")
    assert await money.ends() == "completed"
    assert [request.key for request in money.world.requests["billing_refund"]] == [
        "st-1:refund-deposit:1",
        "st-1:refund-deposit:2",
    ]
