"""The last invoice: waited for, checked line by line, disputed, followed to its credit or to a person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from activities.billing import DisputeOpened
from domain.contracts import InvoiceLine, LeavingCost
from domain.refusals import RefusalCode, refusal
from tests.support.end_story import SettlementStory
from tests.support.end_world import NEVER, june
from tests.support.order_story import paris, to_the_minute

LAST_DAY = date(2026, 6, 13)


def line(kind: str, amount: str, first: date | None = None, last: date | None = None, text: str = "") -> InvoiceLine:
    return InvoiceLine(kind=kind, amount=Decimal(amount), first_day=first, last_day=last, text=text)


FEE = line("leaving_fee", "60.00")
SIM_FEE = line("sim_fee", "10.00", text="F-1")


async def test_an_invoice_that_is_right_settles_the_contract_when_it_is_there(money: SettlementStory) -> None:
    money.world.bill.lines = [june(), FEE, SIM_FEE, line("usage", "0.42")]
    await money.start(cost=LeavingCost(currency="EUR", last_day=LAST_DAY, fee=Decimal("60.00")))
    waits = await money.stage("invoicing")
    assert waits.waiting_for is not None
    assert (waits.state, waits.waiting_for.party) == ("pending", "billing")
    assert waits.waiting_for.until == paris(16, 0)
    assert await money.ends() == "completed"
    assert to_the_minute(await money.ended_at()) == paris(16, 0)
    assert money.world.status.outcome == {"invoice_total": "79.08", "credited": "0.00", "refunds": {}}
    assert money.world.told == ["invoice_ok", "completed"]
    assert money.world.recorder.messages[0].fields == {"amount": "79.08 €"}
    assert money.world.lines == [
        "waits for billing: the last invoice",
        "the last invoice is right: 79.08 €",
        "settled: nothing is owed to the customer",
    ]
    assert (money.world.done, money.world.recorder.released) == ([], False)


@pytest.mark.parametrize(
    ("lines", "kind", "over"),
    [
        ([june(last=30, amount="19.99")], "subscription", "11.33"),
        ([june(), june(amount="0.10")], "subscription", "0.10"),
        ([june(amount="9.99")], "subscription", "1.33"),
        ([june(), FEE, FEE], "leaving_fee", "60.00"),
        ([june(), line("leaving_fee", "75.00")], "leaving_fee", "15.00"),
        ([june(), SIM_FEE, SIM_FEE], "sim_fee", "10.00"),
        ([june(), line("option", "4.99")], "option", "4.99"),
        ([june(), line("usage", "1.00", date(2026, 6, 14), date(2026, 6, 20))], "usage", "1.00"),
        ([june(), line("deposit", "50.00")], "deposit", "50.00"),
        ([june(), line("fun", "3.00")], "fun", "3.00"),
    ],
)
async def test_each_difference_is_disputed_and_followed_to_its_credit(
    money: SettlementStory, lines: list[InvoiceLine], kind: str, over: str
) -> None:
    money.world.bill.lines = lines
    await money.start(cost=LeavingCost(currency="EUR", last_day=LAST_DAY, fee=Decimal("60.00")))
    assert await money.ends() == "completed"
    ((dispute, at),) = money.world.bill.disputes
    (difference,) = dispute.differences
    assert (difference.kind, difference.over) == (kind, Decimal(over))
    assert difference.rule
    assert (dispute.order_id, dispute.invoice_id, to_the_minute(at)) == ("st-1", "I-1", paris(16, 0))
    assert money.world.told == ["disputed", "credited", "completed"]
    assert [message.fields for message in money.world.recorder.messages[:2]] == [{"amount": f"{over} €"}] * 2
    assert money.world.status.outcome is not None
    assert money.world.status.outcome["credited"] == over
    assert money.world.done == ["disputed"]


async def test_all_differences_of_an_invoice_are_one_dispute(money: SettlementStory) -> None:
    money.world.bill.lines = [june(last=30, amount="19.99"), FEE, line("option", "4.99")]
    await money.start()
    assert await money.ends() == "completed"
    ((dispute, _),) = money.world.bill.disputes
    assert [difference.kind for difference in dispute.differences] == ["subscription", "leaving_fee", "option"]
    assert money.world.recorder.messages[0].fields == {"amount": "76.32 €"}


async def test_a_person_accepts_an_invoice_whose_dispute_was_rejected(money: SettlementStory) -> None:
    money.world.bill.lines, money.world.bill.answers = [june(), FEE], ["rejected"]
    await money.start()
    await money.pass_until(paris(18, 0, 30))
    status = await money.stage("held")
    assert status.attention.startswith("billing rejected the dispute of the last invoice")
    await money.resolve("accept")
    assert await money.ends() == "completed"
    assert len(money.world.bill.disputes) == 1
    assert not money.world.status.needs_attention


async def test_a_person_has_a_rejected_dispute_opened_again_and_the_second_counts(money: SettlementStory) -> None:
    money.world.bill.lines, money.world.bill.answers = [june(), FEE], ["rejected", "credited"]
    await money.start()
    await money.pass_until(paris(18, 0, 30))
    await money.stage("held")
    await money.resolve("retry")
    assert await money.ends() == "completed"
    assert [request.key for request, _ in money.world.bill.disputes] == ["st-1:dispute-1:1", "st-1:dispute-2:1"]
    assert money.world.told == ["disputed", "disputed_2", "credited", "completed"]
    assert money.world.status.outcome is not None
    assert money.world.status.outcome["credited"] == "60.00"


@pytest.mark.parametrize("rest", ["comes", "is accepted as lost"])
async def test_a_credit_of_a_part_is_not_taken_for_the_whole(money: SettlementStory, rest: str) -> None:
    money.world.bill.lines, money.world.bill.credits = [june(), FEE], Decimal("20.00")
    await money.start()
    await money.pass_until(paris(18, 0, 30))
    status = await money.stage("held")
    assert status.attention.startswith("billing credited only 20.00 € of 60.00 €")
    assert "action must be one of accept" in await money.refused(money.resolve("retry"))
    if rest == "comes":
        money.world.bill.credits = Decimal("60.00")
    else:
        await money.resolve("accept")
    assert await money.ends() == "completed"
    credited = "60.00" if rest == "comes" else "20.00"
    assert money.world.told == ["disputed", "credited", "completed"]
    assert money.world.recorder.messages[1].fields == {"amount": f"{credited} €"}
    assert len(money.world.bill.disputes) == 1


@pytest.mark.parametrize("then", ["billing answers", "the invoice is accepted"])
async def test_a_dispute_that_nobody_answers_is_shown_to_a_person_who_may_accept_and_goes_on_by_itself(
    money: SettlementStory, then: str
) -> None:
    money.world.bill.lines, money.world.bill.answered_after = [june(), FEE], timedelta(days=20)
    await money.start()
    await money.pass_until(paris(25, 12))
    assert not (await money.status()).needs_attention
    await money.pass_until(paris(28))
    status = await money.status()
    assert (status.stage, status.needs_attention) == ("disputing", True)
    assert status.attention.startswith("billing does not answer our dispute")
    if then == "the invoice is accepted":
        await money.resolve("accept")
    assert await money.ends() == "completed"
    told = ["disputed", "credited", "completed"] if then == "billing answers" else ["disputed", "completed"]
    assert money.world.told == told
    assert not money.world.status.needs_attention


async def test_an_invoice_that_never_comes_is_shown_to_a_person_once(money: SettlementStory) -> None:
    money.world.bill.issued_after = NEVER
    await money.start()
    await money.pass_until(paris(28, 12))
    assert not (await money.status()).needs_attention
    await money.pass_until(paris(20, month=7))
    status = await money.status()
    assert (status.stage, status.needs_attention) == ("invoicing", True)
    assert "billing owes the last invoice. Nothing to send" in status.attention
    assert money.world.needing_a_person == ["this takes too long"]


async def test_billing_that_refuses_a_dispute_is_asked_anew_once_a_person_says_so(money: SettlementStory) -> None:
    no = refusal(RefusalCode.TECHNICAL, "billing", raw_text="period closed")
    money.world.bill.lines = [june(), FEE]
    money.world.next_call("billing_open_dispute", DisputeOpened(refusal=no))
    await money.start()
    await money.pass_until(paris(16, 0, 1))
    status = await money.stage("held")
    assert status.attention.startswith("billing refused the dispute: period closed")
    await money.resolve("retry")
    assert await money.ends() == "completed"
    assert [request.key for request, _ in money.world.bill.disputes] == ["st-1:dispute-1:2"]


async def test_a_lost_reply_to_a_dispute_opens_one(money: SettlementStory) -> None:
    money.world.bill.lines = [june(), FEE]
    money.world.lose_reply("billing_open_dispute")
    await money.start()
    assert await money.ends() == "completed"
    assert len(money.world.bill.disputes) == 1


async def test_temporals_own_cancel_does_not_end_what_is_owed(money: SettlementStory) -> None:
    money.world.bill.lines = [june(), FEE]
    await money.start()
    await money.stage("invoicing")
    await money.handle.cancel()
    assert await money.ends() == "completed"
    assert money.world.told == ["disputed", "credited", "completed"]
