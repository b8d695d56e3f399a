"""What guards a line counts to the last moment, and what came during the move stays: a lock, a bar."""

from datetime import timedelta

from domain.lines import LineChange, LineFacts
from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris
from tests.support.sim_story import ServiceStory, SimStory
from tests.support.sim_world import OLD_SIM

SOON = paris(3, 10) + timedelta(minutes=1)


async def test_a_lock_that_the_notice_made_its_holder_close_holds_the_number_where_it_is(sim: SimStory) -> None:
    async def lock() -> None:
        sim.world.note_of_line(locked_since=SOON)

    sim.world.after_effect("journal_await_sent", lock)
    await sim.waits()
    await sim.phone("enabled")
    await sim.stage("held")
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    await sim.refuse()
    assert await sim.ends() == "rejected"
    assert "moved" not in sim.world.done


async def test_a_bar_that_came_while_a_person_looked_at_a_lock_is_asked_about_too(sim: SimStory) -> None:
    await sim.waits()
    sim.world.note_of_line(locked_since=SOON)
    await sim.phone("enabled")
    await sim.stage("held")
    sim.world.note_of_line(locked_since=None, barred_since=SOON, barred_by="ls-9")
    await sim.release()
    await sim.line("held for a person: review: the line was barred by another order")
    await sim.release()
    assert await sim.ends() == "completed"
    assert LineChange.UNBARRED in sim.world.recorder.changes
    assert sim.world.barred == set()


async def test_a_bar_that_came_during_the_move_acts_on_the_new_sim(sim: SimStory) -> None:
    barred = LineFacts(barred_since=SOON, barred_by="ls-9")
    sim.world.next_call("journal_look_at_line", LineFacts(), barred)
    await sim.waits()
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    assert sim.world.barred == {FIRST_SIM.imsi}


async def test_a_bar_whose_number_moved_before_it_was_written_down_follows_it(service: ServiceStory) -> None:
    async def move() -> None:
        service.world.hlr = {FIRST_SIM.imsi: NUMBER}
        service.world.barred = set()

    service.world.after_effect("hlr_bar", move)
    await service.start("bar")
    assert await service.ends() == "completed"
    assert service.world.barred == {FIRST_SIM.imsi}


async def test_a_bar_that_was_lifted_meanwhile_is_not_put_back(service: ServiceStory) -> None:
    service.world.next_call("journal_look_at_line", LineFacts())
    await service.start("bar")
    assert await service.ends() == "completed"
    assert service.world.calls["hlr_bar"] == 1


async def test_a_holder_who_bars_his_line_while_a_lost_sim_is_replaced_holds_the_replacement(sim: SimStory) -> None:
    await sim.start("lost")
    await sim.stage("on_the_way")
    sim.world.note_of_line(barred_since=SOON, barred_by="ls-9")
    await sim.phone("enabled")
    await sim.stage("held")
    await sim.refuse()
    assert await sim.ends() == "rejected"
    assert "moved" not in sim.world.done


async def test_a_bar_from_before_a_lost_sim_was_reported_does_not_hold_its_replacement(sim: SimStory) -> None:
    sim.world.note_of_line(barred_since=paris(2), barred_by="ls-9")
    await sim.start("lost")
    await sim.stage("on_the_way")
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
