"""Terminations that do not come to pass: refused, not proven, withdrawn; and withdrawals that are too late."""

from datetime import date, timedelta

import pytest

from domain.updates import CancelRequest
from tests.support.end_story import TerminationStory
from tests.support.order_story import paris, to_the_minute

EFFECT = ["line_down", "contract_ended", "invoice_asked", "sim_retired"]


async def ends_untouched(leaving: TerminationStory, state: str) -> None:
    """The order ends so, once told; line and contract are as before."""
    before = leaving.world.snapshot()
    assert await leaving.ends() == state
    assert leaving.world.snapshot() == before
    assert leaving.world.told[-1] == state
    assert leaving.world.recorder.released
    assert (leaving.world.quarantines, leaving.world.follow_ups) == ([], [])
    assert not set(leaving.world.done) & set(EFFECT)


# Refused by the rules.


@pytest.mark.parametrize("line", [None, "ended"])
async def test_a_line_without_an_active_contract_cannot_be_ended(leaving: TerminationStory, line: str | None) -> None:
    if line:
        leaving.world.know(state=line)
    else:
        leaving.world.line = None
    await leaving.start()
    assert await leaving.ends() == "rejected"
    assert leaving.world.status.refusal is not None
    assert leaving.world.status.refusal.code == "number_inactive"
    assert (leaving.world.done, leaving.world.recorder.released) == ([], True)


async def test_a_day_before_the_notice_allows_is_refused_and_the_contract_runs_on(leaving: TerminationStory) -> None:
    await leaving.start(requested_date=date(2026, 6, 12))
    await ends_untouched(leaving, "rejected")
    assert leaving.world.status.refusal is not None
    assert leaving.world.status.refusal.code == "date_not_possible"


# The one-time code.


async def test_nothing_is_confirmed_before_the_right_code_came_back(leaving: TerminationStory) -> None:
    await leaving.start("one_time_code")
    await leaving.stage("identifying")
    assert (await leaving.waiting()).what == "the one-time code"
    assert leaving.world.told_by == [("code_1", "sms")]
    await leaving.code(right=True)
    await leaving.stage("notice")
    assert leaving.world.told_by == [("code_1", "sms"), ("confirmed", "email")]
    assert await leaving.ends() == "completed"
    assert leaving.world.done == ["code_sent", *EFFECT]


async def test_wrong_codes_only_end_the_order_and_not_the_contract(leaving: TerminationStory) -> None:
    await leaving.start("one_time_code")
    for number in (1, 2, 3):
        await leaving.line(f"one-time code {number} sent")
        await leaving.code(right=False, number=number, locked_until=paris(3 + number))
        if number < 3:
            await leaving.until(lambda n=number: leaving.world.lines.count("too many wrong one-time codes") == n)  # type: ignore[misc]
            await leaving.pass_until(paris(3 + number, 10, 1))
    await ends_untouched(leaving, "rejected")
    assert leaving.world.status.refusal is not None
    assert leaving.world.status.refusal.code == "holder_not_entitled"


async def test_a_code_that_never_comes_back_leaves_the_contract_running(leaving: TerminationStory) -> None:
    await leaving.start("one_time_code")
    await ends_untouched(leaving, "cancelled")
    assert to_the_minute(await leaving.ended_at()) == paris(6)
    assert leaving.world.recorder.timeline[-1].reason == "no one-time code came back"


async def test_a_code_for_a_line_that_is_barred_goes_by_email_and_to_nobody_where_there_is_none(
    leaving: TerminationStory,
) -> None:
    leaving.world.note_of_line(barred_since=paris(2))
    leaving.world.know_contact(email=None)
    await leaving.start("one_time_code")
    await ends_untouched(leaving, "rejected")


# Withdrawn.


@pytest.mark.parametrize("stage", ["identifying", "notice"])
async def test_a_customer_may_withdraw_until_the_last_day_is_over(leaving: TerminationStory, stage: str) -> None:
    await leaving.start("one_time_code" if stage == "identifying" else "in_shop")
    await leaving.stage(stage)
    if stage == "notice":
        await leaving.pass_until(paris(13, 23, 58))
    assert (await leaving.cancel()).message == "recorded: the contract runs on"
    await ends_untouched(leaving, "cancelled")
    assert (await leaving.status()).state == "cancelled"


async def test_a_withdrawal_while_the_plan_waits_for_a_party_is_heard(leaving: TerminationStory) -> None:
    leaving.world.take_down("care_line")
    await leaving.start()
    await leaving.line("it is tried again")
    await leaving.stuck()
    assert (await leaving.cancel()).message == "recorded: the contract runs on"
    assert await leaving.ends() == "cancelled"
    assert leaving.world.done == []


async def test_a_withdrawal_after_the_last_day_is_too_late_although_the_order_has_not_noticed(
    leaving: TerminationStory,
) -> None:
    await leaving.waits()
    leaving.world.clock.stand_still(-(paris(14, 0) - await leaving.world.clock.now()))
    assert "too late to withdraw: the contract ended with 2026-06-13" in await leaving.refused(leaving.cancel())
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT


async def test_a_withdrawal_with_the_clock_out_of_reach_is_neither_granted_nor_lost(leaving: TerminationStory) -> None:
    await leaving.waits()
    leaving.world.clock.reachable = False
    assert "the legal clock cannot be read" in await leaving.refused(leaving.cancel())
    leaving.world.clock.reachable = True
    await leaving.cancel()
    await ends_untouched(leaving, "cancelled")


async def test_nothing_goes_down_while_the_clock_is_out_of_reach(leaving: TerminationStory) -> None:
    await leaving.waits()
    leaving.world.clock.reachable, leaving.world.clock.retry_after = False, timedelta(hours=6)
    await leaving.pass_until(paris(15))
    assert leaving.world.done == []
    leaving.world.clock.reachable = True
    assert await leaving.ends() == "completed"
    assert leaving.world.bill.ended == {"K-9": paris(14, 0)}


async def test_a_withdrawal_during_the_effect_and_after_the_end_is_refused(leaving: TerminationStory) -> None:
    leaving.world.take_down("billing_end_contract", until=paris(14, 6))
    await leaving.waits()
    await leaving.pass_until(paris(14, 1))
    await leaving.line("it is tried again")
    assert "too late to withdraw" in await leaving.refused(leaving.cancel())
    await leaving.handle.cancel()
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT


@pytest.mark.parametrize(("by", "reason"), [("", "stays"), ("marie", " ")])
async def test_a_withdrawal_says_who_and_why(leaving: TerminationStory, by: str, reason: str) -> None:
    await leaving.waits()
    refusal = await leaving.refused(leaving.update("cancel", CancelRequest(by=by, reason=reason)))
    assert "by and reason" in refusal
    assert (await leaving.status()).stage == "notice"


async def test_temporals_own_cancel_withdraws_while_that_is_possible(leaving: TerminationStory) -> None:
    await leaving.waits()
    await leaving.handle.cancel()
    await ends_untouched(leaving, "cancelled")
    assert leaving.world.recorder.timeline[-1].by == "temporal"
