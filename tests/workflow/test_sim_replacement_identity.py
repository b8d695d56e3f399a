"""One-time codes: nothing is done before the right one came back."""

import pytest

from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import SimStory


@pytest.mark.parametrize(("reason", "channel"), [("upgrade", "sms"), ("lost", "email"), ("damaged", "email")])
async def test_nothing_happens_at_the_hlr_before_the_right_code(sim: SimStory, reason: str, channel: str) -> None:
    await sim.start(reason, method="one_time_code")
    await sim.stage("identifying")
    waits = await sim.waiting()
    assert (waits.what, to_the_minute(waits.until)) == ("the one-time code", paris(6, 10))
    assert sim.world.done == ["code_sent"]
    assert sim.world.told_by == [("code_1", channel)]
    await sim.code(right=True)
    await sim.stage("on_the_way")
    assert sim.world.done[:2] == ["code_sent", "barred" if reason == "lost" else "sim_reserved"]
    await sim.phone("enabled")
    assert await sim.ends() == "completed"


async def test_a_code_that_is_faster_than_our_own_journal_counts(sim: SimStory) -> None:
    async def answered_at_once() -> None:
        await sim.code(right=True)

    sim.world.after_effect("identity_send_code", answered_at_once)
    await sim.start(method="one_time_code")
    await sim.stage("on_the_way")


async def test_three_wrong_codes_close_the_door_for_a_day_and_then_a_new_one_is_sent(sim: SimStory) -> None:
    await sim.start(method="one_time_code")
    await sim.stage("identifying")
    await sim.code(right=False, locked_until=paris(4, 10))
    await sim.line("too many wrong one-time codes")
    await sim.quiet()
    assert (await sim.waiting()).until == paris(4, 10)
    await sim.pass_until(paris(4, 9, 59))
    assert sim.world.done == ["code_sent"]
    await sim.pass_until(paris(4, 10, 1))
    await sim.line("one-time code 2 sent")
    await sim.code(right=True, number=2)
    await sim.stage("on_the_way")


async def test_a_right_code_after_a_wrong_word_about_it_is_right_and_late_words_of_old_codes_are_nothing(
    sim: SimStory,
) -> None:
    await sim.start("lost", method="one_time_code")
    await sim.stage("identifying")
    await sim.code(right=False, locked_until=paris(3, 11))
    await sim.line("too many wrong one-time codes")
    await sim.pass_until(paris(3, 11, 1))
    await sim.line("one-time code 2 sent")
    await sim.code(right=False, number=1, locked_until=paris(5))
    await sim.quiet()
    assert sim.world.done == ["code_sent", "code_sent"]
    await sim.code(right=True, number=2)
    await sim.stage("on_the_way")
    assert "barred" in sim.world.done


async def test_an_order_whose_codes_were_all_wrong_is_rejected_and_nothing_was_touched(sim: SimStory) -> None:
    before = sim.world.snapshot()
    await sim.start("stolen", method="one_time_code")
    for number in (1, 2, 3):
        await sim.line(f"one-time code {number} sent")
        await sim.code(right=False, number=number, locked_until=paris(3 + number))
        if number < 3:
            await sim.until(lambda n=number: sim.world.lines.count("too many wrong one-time codes") == n)  # type: ignore[misc]
            await sim.pass_until(paris(3 + number, 10, 1))
    assert await sim.ends() == "rejected"
    assert sim.world.status.refusal is not None
    assert sim.world.status.refusal.code == "holder_not_entitled"
    assert sim.world.snapshot() == before
    assert sim.world.done == ["code_sent"] * 3
    assert sim.world.told[-1] == "rejected"
    assert sim.world.recorder.released


async def test_an_order_whose_code_never_comes_back_is_given_up_after_three_days(sim: SimStory) -> None:
    before = sim.world.snapshot()
    await sim.start("lost", method="one_time_code")
    assert await sim.ends() == "cancelled"
    assert sim.world.at["code_sent"] < paris(3, 10, 1)
    assert to_the_minute(await sim.ended_at()) == paris(6, 10)
    assert sim.world.snapshot() == before
    assert sim.world.recorder.timeline[-1].reason == "no one-time code came back"


async def test_an_order_that_has_nowhere_to_send_a_code_is_rejected(sim: SimStory) -> None:
    sim.world.know_contact(email=None)
    await sim.start("lost", method="one_time_code")
    assert await sim.ends() == "rejected"
    assert sim.world.done == []
    assert sim.world.told_by == [("rejected", "sms")]


async def test_a_code_that_the_journal_cannot_send_yet_is_sent_later(sim: SimStory) -> None:
    sim.world.take_down("identity_send_code", until=paris(3, 10, 30))
    await sim.start(method="one_time_code")
    await sim.pass_until(paris(3, 10, 31))
    await sim.until(lambda: sim.world.done == ["code_sent"])
    await sim.stage("identifying")
    assert (await sim.waiting()).party == "customer"
    await sim.code(right=True)
    await sim.stage("on_the_way")
