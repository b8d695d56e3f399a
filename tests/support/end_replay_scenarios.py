"""The terminations, settlements and rounds of the quarantine whose histories are kept for replay."""

from datetime import date, timedelta
from decimal import Decimal

from activities.billing import ContractEnded
from domain.contracts import LeavingCost
from domain.refusals import RefusalCode, refusal
from tests.support.end_story import RoundStory, SettlementStory, TerminationStory
from tests.support.end_world import june
from tests.support.order_story import paris

NO = refusal(RefusalCode.TECHNICAL, "care", raw_text="try later")


async def completed_termination(leaving: TerminationStory) -> None:
    await leaving.start()


async def completed_termination_after_codes_and_with_parties_away(leaving: TerminationStory) -> None:
    leaving.world.retry_after = timedelta(hours=3)
    leaving.world.take_down("hlr_remove", until=paris(14, 12))
    leaving.world.next_call("billing_end_contract", ContractEnded(refusal=NO))
    await leaving.start("one_time_code")
    await leaving.stage("identifying")
    await leaving.code(right=False, locked_until=paris(4))
    await leaving.line("too many wrong")
    await leaving.pass_until(paris(4, 10, 1))
    await leaving.line("one-time code 2 sent")
    await leaving.code(right=True, number=2)
    await leaving.stage("notice")
    await leaving.pass_until(paris(14, 16))
    await leaving.stage("held")
    await leaving.resolve("retry")


async def rejected_termination(leaving: TerminationStory) -> None:
    await leaving.start(requested_date=date(2026, 6, 4))


async def cancelled_termination(leaving: TerminationStory) -> None:
    await leaving.waits()
    await leaving.cancel()


async def completed_settlement(money: SettlementStory) -> None:
    money.world.bill.lines = [june(amount="1.00")]
    money.world.bill.lend(advances="12.00")
    await money.start()


async def completed_settlement_disputed_twice_and_late(money: SettlementStory) -> None:
    bill = money.world.bill
    bill.lines, bill.answers = [june(amount="19.99")], ["rejected", "credited"]
    bill.lend(deposit="50.00")
    bill.returned_at = money.accepted_at + timedelta(hours=4)
    money.world.retry_after = timedelta(hours=6)
    money.world.take_down("billing_refund", until=money.accepted_at + timedelta(days=13))
    await money.start(cost=LeavingCost(currency="EUR", last_day=date(2026, 6, 13), fee=Decimal("0.00")))
    await money.pass_time(days=20)
    await money.stage("held")
    await money.note("asked the accountants")
    await money.resolve("retry")


async def completed_settlement_begun_anew(money: SettlementStory) -> None:
    money.world.bill.lines = [june(amount="1.00")]
    money.world.bill.lend(deposit="50.00")
    money.world.bill.returned_at = money.accepted_at + timedelta(days=120)
    await money.start()


async def completed_round_of_the_quarantine(quarantine: RoundStory) -> None:
    quarantine.world.fates = [{"pooled": 3, "held": 2}, {"returned": 1}]
    quarantine.world.lose_reply("quarantine_release_due")
    await quarantine.start()


TERMINATION_STORIES = (
    completed_termination,
    completed_termination_after_codes_and_with_parties_away,
    rejected_termination,
    cancelled_termination,
)
SETTLEMENT_STORIES = (
    completed_settlement,
    completed_settlement_disputed_twice_and_late,
    completed_settlement_begun_anew,
)
ROUND_STORIES = (completed_round_of_the_quarantine,)
