"""The promise to the customer: an eSIM in minutes, a card by the next working day. Late is shown, and goes on."""

import pytest

from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import SimStory


@pytest.mark.parametrize(("form", "due"), [("esim", paris(3, 10, 10)), ("physical", paris(4, 20))])
async def test_a_promise_that_is_broken_is_shown_and_the_order_goes_on(sim: SimStory, form: str, due: object) -> None:
    shown = await sim.waits("damaged", form)
    assert to_the_minute(shown.due) == due
    assert not shown.late
    await sim.pass_until(paris(4, 20, 5) if form == "physical" else paris(3, 10, 11))
    await sim.line("later than promised")
    await sim.quiet()
    shown = await sim.status()
    assert (shown.late, shown.needs_attention, shown.state) == (True, True, "pending")
    assert shown.attention.startswith("Later than promised. Nothing to send")
    assert (await sim.waiting()).party == ("customer's phone" if form == "esim" else "post")
    await (sim.phone("enabled") if form == "esim" else sim.post("inserted"))
    assert await sim.ends() == "completed"
    closed = sim.world.status
    assert (closed.late, closed.needs_attention, closed.attention) == (True, False, "")
    assert closed.outcome is not None
    assert closed.outcome["promise"]["kept"] is False


async def test_a_question_that_is_open_when_the_promise_breaks_stays_asked(sim: SimStory) -> None:
    sim.world.know_contact(changed_at=paris(2))
    await sim.start("lost")
    await sim.stage("held")
    await sim.pass_time(minutes=11)
    await sim.line("later than promised")
    await sim.quiet()
    held = await sim.status()
    assert (held.state, held.late) == ("held", True)
    assert "`release` or `refuse`" in held.attention
    assert (await sim.waiting()).party == "desk"
    await sim.release()
    shown = await sim.stage("on_the_way")
    assert (shown.late, shown.needs_attention) == (True, True)
    assert "tell the customer" in shown.attention


async def test_a_promise_broken_while_a_party_is_away_is_still_shown_when_it_is_back(sim: SimStory) -> None:
    sim.world.take_down("logistics_reserve_sim", until=paris(3, 10, 30))
    await sim.start()
    await sim.pass_until(paris(3, 10, 40))
    shown = await sim.stage("on_the_way")
    assert (shown.late, shown.needs_attention) == (True, True)


@pytest.mark.parametrize("pace", [1.0, 3600.0])
async def test_minutes_are_real_ones_whatever_the_pace_of_the_world(open_order, pace: float) -> None:
    sim = await open_order(SimStory, pace=pace)
    await sim.waits()
    await sim.pass_time(minutes=9)
    assert not (await sim.status()).late
    await sim.pass_time(minutes=2)
    await sim.line("later than promised")


async def test_an_order_that_ends_otherwise_is_not_late_any_more(sim: SimStory) -> None:
    await sim.waits()
    await sim.cancel()
    assert await sim.ends() == "cancelled"
    assert "later than promised" not in sim.world.lines
