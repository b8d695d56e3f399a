"""A termination lends its line while it waits for the last day: to a port out, into which it folds, and to a SIM
replacement.
"""

from datetime import timedelta

from domain.lines import LineNewsKind
from domain.sims import SimCard
from parties.errors import NotConnected
from tests.support.end_story import TerminationStory
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute

EFFECT = ["line_down", "contract_ended", "invoice_asked", "sim_retired"]
NEW_SIM = SimCard(iccid="8933990000000000777", imsi="208990000000777")


async def folds(leaving: TerminationStory) -> None:
    """Up to the wait for the port out."""
    await leaving.waits()
    await leaving.line_news(LineNewsKind.PREEMPTED)
    await leaving.line("folds into the port out po-9")


async def test_the_line_is_lent_from_the_confirmation_on(leaving: TerminationStory) -> None:
    await leaving.waits()
    assert [entry.preemptible for entry in leaving.world.recorder.entries if entry.preemptible is not None] == [True]


async def test_a_termination_folds_into_a_port_out_and_ends_with_it_the_holder_told_and_nothing_touched(
    leaving: TerminationStory,
) -> None:
    await folds(leaving)
    assert ((await leaving.waiting()).party, (await leaving.status()).due) == ("port out", None)
    before = leaving.world.snapshot()
    await leaving.line_news(LineNewsKind.CONTRACT_ENDED)
    assert await leaving.ends() == "cancelled"
    assert leaving.world.snapshot() == before
    assert leaving.world.done == []
    assert (leaving.world.quarantines, leaving.world.follow_ups) == ([], [])
    assert leaving.world.told == ["confirmed", "ported"]
    assert leaving.world.recorder.released
    assert "po-9" in leaving.world.recorder.timeline[-1].reason


async def test_the_last_day_does_not_take_down_a_line_that_a_port_out_has(leaving: TerminationStory) -> None:
    await folds(leaving)
    await leaving.pass_until(paris(25))
    assert leaving.world.done == []
    assert leaving.world.calls["journal_take_line"] == 0


async def test_a_port_out_that_comes_to_nothing_in_time_leaves_the_last_day_what_it_was(
    leaving: TerminationStory,
) -> None:
    await folds(leaving)
    await leaving.pass_until(paris(6))
    await leaving.line_news(LineNewsKind.RETURNED)
    await leaving.line("came to nothing")
    assert (await leaving.status()).due == paris(14, 0)
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT
    assert to_the_minute(leaving.world.at["line_down"]) == paris(14, 0)


async def test_a_port_out_that_comes_to_nothing_after_the_last_day_leaves_a_day_to_withdraw(
    leaving: TerminationStory,
) -> None:
    await folds(leaving)
    await leaving.pass_until(paris(20))
    await leaving.line_news(LineNewsKind.RETURNED)
    await leaving.line("came to nothing")
    assert await leaving.ends() == "completed"
    assert to_the_minute(leaving.world.at["line_down"]) == paris(21)
    assert leaving.world.bill.ended == {"K-9": paris(14, 0)}


async def test_news_told_twice_fold_once(leaving: TerminationStory) -> None:
    await folds(leaving)
    await leaving.line_news(LineNewsKind.PREEMPTED)
    await leaving.line_news(LineNewsKind.RETURNED)
    await leaving.line_news(LineNewsKind.RETURNED)
    assert await leaving.ends() == "completed"
    assert sum("folds into" in line for line in leaving.world.lines) == 1
    assert sum("came to nothing" in line for line in leaving.world.lines) == 1


async def test_a_customer_may_withdraw_while_a_port_out_has_the_line_also_after_the_last_day(
    leaving: TerminationStory,
) -> None:
    await folds(leaving)
    await leaving.pass_until(paris(20))
    await leaving.cancel()
    assert await leaving.ends() == "cancelled"
    assert leaving.world.told == ["confirmed", "cancelled"]
    assert leaving.world.done == []


async def test_a_port_out_that_was_faster_on_the_last_day_has_the_line_and_the_termination_folds(
    leaving: TerminationStory,
) -> None:
    leaving.world.line_goes_to("po-9", "port_out")
    await leaving.waits()
    await leaving.pass_until(paris(14, 0, 5))
    assert leaving.world.done == []
    assert leaving.world.calls["journal_take_line"] > 1
    await leaving.line_news(LineNewsKind.PREEMPTED)
    await leaving.line("folds into the port out po-9")
    await leaving.line_news(LineNewsKind.CONTRACT_ENDED)
    assert await leaving.ends() == "cancelled"
    assert leaving.world.done == []


async def test_the_sim_that_was_replaced_during_the_notice_goes_down_and_not_the_planned_one(
    leaving: TerminationStory,
) -> None:
    await leaving.waits()
    await leaving.line_news(LineNewsKind.PREEMPTED, "sr-1", "sim_replacement")
    leaving.world.hlr = {NEW_SIM.imsi: NUMBER}
    leaving.world.know(iccid=NEW_SIM.iccid, imsi=NEW_SIM.imsi)
    await leaving.line_news(LineNewsKind.RETURNED, "sr-1", "sim_replacement")
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT
    assert (leaving.world.hlr, leaving.world.sims.retired) == ({}, [NEW_SIM.iccid])


async def test_customer_care_that_is_away_on_the_last_day_keeps_no_replaced_sim_up(leaving: TerminationStory) -> None:
    await leaving.waits()
    leaving.world.hlr = {NEW_SIM.imsi: NUMBER}
    leaving.world.next_call("care_line", NotConnected("care", "line", "no connection"))
    assert await leaving.ends() == "completed"
    assert leaving.world.hlr == {}


async def test_an_hlr_that_is_away_on_the_last_day_is_asked_until_it_says_which_sim_it_is(
    leaving: TerminationStory,
) -> None:
    leaving.world.retry_after = timedelta(hours=3)
    await leaving.waits()
    leaving.world.take_down("hlr_carrier", until=paris(14, 12))
    assert await leaving.ends() == "completed"
    assert leaving.world.at["line_down"] >= paris(14, 12)
    assert leaving.world.bill.ended == {"K-9": paris(14, 0)}


async def test_a_termination_whose_line_cannot_be_had_says_who_has_it_and_does_not_ask_without_end(
    leaving: TerminationStory,
) -> None:
    leaving.world.line_goes_to("sr-1", "sim_replacement")
    await leaving.waits()
    await leaving.pass_until(paris(15))
    assert (await leaving.waiting()).what == "sr-1"
    assert sum("waits for the sim replacement sr-1" in line for line in leaving.world.lines) == 1
    assert leaving.world.calls["journal_take_line"] < 220, "34 hours, asked every ten minutes"
    leaving.world.held_by = None
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT


async def test_a_termination_that_still_waits_for_its_code_ends_with_the_port_out(leaving: TerminationStory) -> None:
    await leaving.start("one_time_code")
    await leaving.stage("identifying")
    await leaving.line_news(LineNewsKind.CONTRACT_ENDED)
    assert await leaving.ends() == "cancelled"
    assert leaving.world.told == ["code_1", "ported"]
    assert leaving.world.done == ["code_sent"]
