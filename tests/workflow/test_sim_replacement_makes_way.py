"""A SIM replacement whose line another order takes, or about whose line something changes at the last moment."""

import pytest

from activities.journal import BeginMove, MoveStarted
from domain.deliveries import DeliveryKind
from domain.lines import LineFacts, LineNews, LineNewsKind
from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM


async def gives_everything_back(sim: SimStory) -> None:
    """The order ends without having moved the number."""
    assert await sim.ends() == "cancelled"
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert sim.world.snapshot()["reserved"] == []
    assert sim.world.recorder.released
    assert sim.world.told[-1] == "cancelled"
    assert "the line leaves with the port out po-9" in [event.reason for event in sim.world.recorder.timeline]


@pytest.mark.parametrize("stage", ["on_the_way", "held"])
async def test_a_replacement_whose_line_is_taken_ends_and_gives_everything_back(sim: SimStory, stage: str) -> None:
    if stage == "held":
        sim.world.know_contact(changed_at=paris(2))
    await sim.start("upgrade")
    await sim.stage(stage)
    await sim.line_news(LineNewsKind.TAKEN)
    await gives_everything_back(sim)


async def test_news_that_the_line_is_taken_come_twice_and_after_the_end_without_harm(sim: SimStory) -> None:
    await sim.waits()
    await sim.line_news(LineNewsKind.TAKEN)
    await sim.line_news(LineNewsKind.TAKEN)
    await gives_everything_back(sim)


async def test_the_journal_decides_when_the_news_are_slower_than_the_move(sim: SimStory) -> None:
    await sim.waits()
    sim.world.line_goes_to("po-9", "port_out")
    sim.world.sims.on_a_phone(1)
    await sim.phone("enabled")
    await sim.until(lambda: sim.world.calls["journal_begin_move"] == 1, "the try to move")
    await sim.quiet()
    assert sim.world.calls["hlr_move"] == 0
    assert not (await sim.status()).point_of_no_return
    await sim.line_news(LineNewsKind.TAKEN)
    assert await sim.ends() == "cancelled"
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}


async def test_news_whose_signal_was_lost_is_found_when_the_journal_says_no_to_the_move(sim: SimStory) -> None:
    async def taken_without_a_signal() -> None:
        sim.world.deliver(DeliveryKind.LINE_NEWS, LineNews(what=LineNewsKind.TAKEN, by="po-9", kind="port_out"))

    sim.world.line_goes_to("po-9", "port_out")
    sim.world.after_effect("journal_begin_move", taken_without_a_signal)
    await sim.waits()
    await sim.phone("enabled")
    await gives_everything_back(sim)


async def test_a_lock_between_the_last_look_and_the_move_is_seen_and_a_person_asked(sim: SimStory) -> None:
    async def locked() -> None:
        sim.world.note_of_line(locked_since=paris(3), locked_by="ls-1")

    sim.world.after_effect("journal_look_at_line", locked)
    await sim.waits()
    await sim.phone("enabled")
    await sim.stage("held")
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    await sim.release()
    assert await sim.ends() == "completed"
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}


async def test_a_change_that_is_nothing_in_the_way_is_looked_at_again_and_the_move_goes_on(sim: SimStory) -> None:
    seen = LineFacts(unlocks_at=paris(4))
    sim.world.next_call("journal_begin_move", MoveStarted(facts=seen))
    await sim.waits()
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    tries: list[BeginMove] = sim.world.requests["journal_begin_move"]
    assert [each.entry.status.stage for each in tries] == ["moving", "moving"]
    assert sim.world.calls["journal_look_at_line"] >= 2


async def test_a_reply_that_is_lost_when_the_move_begins_begins_it_once(sim: SimStory) -> None:
    sim.world.lose_reply("journal_begin_move")
    await sim.waits()
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    assert sim.world.lines.count("the number moves to the new SIM") == 1
    assert sim.world.done.count("moved") == 1


async def test_news_after_the_move_has_begun_change_nothing(sim: SimStory) -> None:
    sim.world.take_down("care_change_sim", until=paris(3, 12))
    await sim.waits()
    await sim.phone("enabled")
    await sim.line("it is tried again")
    await sim.line_news(LineNewsKind.TAKEN)
    assert await sim.ends() == "completed"
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}
