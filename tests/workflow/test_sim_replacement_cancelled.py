"""The customer withdraws: at every wait, and too late; Temporal's own cancel; parties that are away meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from activities.logistics import ReservedSim
from domain.refusals import RefusalCode, refusal
from tests.support.fake_world import NUMBER, down
from tests.support.order_story import paris
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM

EMPTY = refusal(RefusalCode.TECHNICAL, "logistics", raw_code="stock_empty")


def away(activity: str, reason: str = "upgrade", form: str = "esim") -> Callable[[SimStory], Awaitable[None]]:
    async def at_a_party(sim: SimStory) -> None:
        sim.world.take_down(activity)
        await sim.start(reason, form)
        await sim.line("it is tried again")
        await sim.stuck()

    return at_a_party


async def for_the_code(sim: SimStory) -> None:
    await sim.start("lost", method="one_time_code")
    await sim.stage("identifying")


async def behind_the_closed_door(sim: SimStory) -> None:
    await for_the_code(sim)
    await sim.code(right=False, locked_until=paris(4))
    await sim.line("too many wrong")


async def for_the_review(sim: SimStory) -> None:
    sim.world.know_contact(changed_at=paris(2))
    await sim.start("stolen")
    await sim.stage("held")


def for_stock(restock_at: datetime | None) -> Callable[[SimStory], Awaitable[None]]:
    async def parked(sim: SimStory) -> None:
        sim.world.next_call("logistics_reserve_sim", ReservedSim(refusal=EMPTY, restock_at=restock_at))
        await sim.start("lost", "physical")
        await sim.line("in stock")

    return parked


def on_the_way(form: str, reason: str) -> Callable[[SimStory], Awaitable[None]]:
    async def waits(sim: SimStory) -> None:
        await sim.waits(reason, form)

    return waits


async def for_its_use(sim: SimStory) -> None:
    await sim.waits("damaged", "physical")
    await sim.post("delivered")
    await sim.line("the card is delivered")


async def after_the_reminder(sim: SimStory) -> None:
    await for_its_use(sim)
    await sim.pass_until(paris(6, 10, 1))
    await sim.line("is reminded")


async def behind_a_lock(sim: SimStory) -> None:
    await sim.waits("lost")
    sim.world.note_of_line(locked_since=paris(3))
    await sim.phone("enabled")
    await sim.stage("held")


async def for_another_profile(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("error")
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)
    await sim.quiet()


async def before_the_plan_while_barring(sim: SimStory) -> None:
    await away("hlr_bar", "lost")(sim)


WAITS = {
    "barring": before_the_plan_while_barring,
    "plan": away("care_line"),
    "code": for_the_code,
    "closed door": behind_the_closed_door,
    "review": for_the_review,
    "stock until a day": for_stock(paris(8)),
    "stock until somebody knows": for_stock(None),
    "logistics": away("logistics_reserve_sim"),
    "logistics, sending": away("logistics_ship", "lost", "physical"),
    "SM-DP+": away("smdp_order_profile", "lost"),
    "phone": on_the_way("esim", "upgrade"),
    "phone, lost": on_the_way("esim", "lost"),
    "another profile": for_another_profile,
    "post": on_the_way("physical", "lost"),
    "use": for_its_use,
    "use, reminded": after_the_reminder,
    "lock": behind_a_lock,
}


@pytest.mark.parametrize("place", WAITS)
async def test_a_cancel_at_any_wait_leaves_all_as_it_was_but_the_barring(sim: SimStory, place: str) -> None:
    before = sim.world.snapshot()
    await WAITS[place](sim)
    assert (await sim.cancel()).state in ("pendingCancellation", "cancelled")
    if place == "barring":
        assert "hlr_bar" in sim.world.calls
        sim.world.bring_back("hlr_bar")
    assert await sim.ends() == "cancelled"
    barred = "barred" in sim.world.done
    assert sim.world.snapshot() | {"barred": set()} == before
    assert sim.world.barred == ({OLD_SIM.imsi} if barred else set())
    assert sim.world.told[-1] == "cancelled"
    assert sim.world.recorder.messages[-1].fields["barred"] == ("yes" if barred else "no")
    assert sim.world.recorder.released
    assert not sim.world.status.needs_attention
    assert "moved" not in sim.world.done
    assert place not in ("barring", "plan") or sim.world.told == ["cancelled"]


async def test_a_second_cancel_and_one_without_a_name_are_refused(sim: SimStory) -> None:
    sim.world.take_down("smdp_return_profile")
    await sim.waits()
    await sim.cancel()
    assert await sim.refused(sim.cancel()) == "the order is being cancelled already"
    await sim.line("undoing, newest first: profile, profile in stock")
    assert (await sim.status()).state == "pendingCancellation"
    sim.world.bring_back("smdp_return_profile")
    assert await sim.ends() == "cancelled"
    assert sim.world.done[-2:] == ["profile_returned", "sim_released"]


async def test_a_cancel_says_that_a_barred_sim_stays_barred(sim: SimStory) -> None:
    await sim.waits("lost")
    assert "stays barred until the holder lifts it" in (await sim.cancel()).message


async def test_a_party_that_is_away_for_hours_is_asked_for_the_undo_until_it_has_done_it(sim: SimStory) -> None:
    before = sim.world.snapshot()
    sim.world.retry_after = timedelta(minutes=30)
    sim.world.take_down("smdp_return_profile", "logistics_release_sim", until=paris(4))
    await sim.waits()
    await sim.cancel()
    assert await sim.ends() == "cancelled"
    assert sim.world.snapshot() == before
    assert sim.world.at["sim_released"] >= paris(4)


@pytest.mark.parametrize("reply_lost", ["logistics_reserve_sim", "smdp_order_profile"])
async def test_a_step_whose_reply_was_lost_is_undone_too(sim: SimStory, reply_lost: str) -> None:
    before = sim.world.snapshot()

    async def lost_and_away() -> None:
        sim.world.take_down(reply_lost)
        raise down(reply_lost)

    sim.world.after_effect(reply_lost, lost_and_away)
    await sim.start()
    await sim.until(lambda: sim.world.calls[reply_lost] == 1)
    await sim.line("it is tried again")
    await sim.stuck()
    await sim.cancel()
    assert await sim.ends() == "cancelled"
    assert sim.world.snapshot() == before


@pytest.mark.parametrize("place", ["phone", "review", "stock until a day", "logistics", "code"])
async def test_temporals_own_cancel_undoes_what_has_not_moved(sim: SimStory, place: str) -> None:
    before = sim.world.snapshot()
    await WAITS[place](sim)
    await sim.handle.cancel()
    assert await sim.ends() == "cancelled"
    assert sim.world.snapshot() | {"barred": set()} == before


async def test_temporals_own_cancel_is_ignored_from_the_move_on(sim: SimStory) -> None:
    sim.world.take_down("hlr_move", until=paris(3, 12))
    await sim.waits()
    await sim.phone("enabled")
    await sim.until(lambda: sim.world.calls["hlr_move"] > 0)
    await sim.handle.cancel()
    assert await sim.ends() == "completed"
    assert NUMBER in sim.world.hlr.values()


PARTIES = [
    ("care_line", "upgrade", "esim"),
    ("identity_send_code", "upgrade", "esim"),
    ("logistics_reserve_sim", "lost", "esim"),
    ("smdp_order_profile", "lost", "esim"),
    ("logistics_ship", "upgrade", "physical"),
    ("journal_look_at_line", "upgrade", "esim"),
    ("journal_await_sent", "upgrade", "esim"),
]


@pytest.mark.parametrize(("party", "reason", "form"), PARTIES)
async def test_before_the_move_a_party_that_is_away_for_hours_holds_the_order_and_a_retry_goes_on(
    sim: SimStory, party: str, reason: str, form: str
) -> None:
    sim.world.take_down(party)
    sim.phone_is_quick()
    await sim.start(reason, form, "one_time_code" if party == "identity_send_code" else "in_shop")
    await sim.until(lambda: sim.world.calls[party] > 0, party)
    await sim.pass_time(hours=1, minutes=10)
    held = await sim.stage("held")
    assert held.needs_attention
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    sim.world.bring_back(party)
    await sim.resolve("retry")
    if party == "identity_send_code":
        await sim.until(lambda: "code_sent" in sim.world.done)
        await sim.code(right=True)
    if form == "physical":
        await sim.until(lambda: "card_sent" in sim.world.done)
        await sim.post("inserted")
    assert await sim.ends() == "completed"
    assert len(sim.world.done) == len(set(sim.world.done))


async def test_a_barring_waits_for_nothing_but_the_hlr_for_however_long(sim: SimStory) -> None:
    sim.world.take_down("hlr_bar", until=paris(3, 13))
    await sim.start("stolen")
    await sim.pass_until(paris(3, 11, 30))
    await sim.line("it is tried until it is done")
    assert sim.world.calls["care_line"] == 0
    await sim.pass_until(paris(3, 13, 10))
    await sim.stage("on_the_way")
    assert sim.world.done[0] == "barred"
