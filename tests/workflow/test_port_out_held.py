"""What lets our answer wait: a lock, a change of SIM, a person's look; and what ends the wait."""

from datetime import timedelta

from domain.lines import LineNewsKind
from tests.support.order_story import paris, to_the_minute
from tests.support.out_story import OutStory

REASONS = {"locked": "0001", "sim_replaced": "0002", "sim_being_replaced": "0003", "contact_changed": "0004"}


async def test_a_lock_holds_the_answer_which_is_announced_and_its_opening_lets_it_go(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    status = await out.held()
    assert status.needs_attention
    assert out.world.dossier.announced == [(paris(8, 18), REASONS["locked"])]  # two working days after our deadline
    assert [message.fields["held"] for message in out.world.recorder.messages] == ["yes", "yes"]
    out.world.note_of_line(locked_since=None)
    await out.line_news(LineNewsKind.CHANGED, by="ls-1", kind="line_service")
    status = await out.stage("agreed")
    assert (status.needs_attention, status.attention) == (False, "")
    assert out.world.told == ["requested", "requested"]


async def test_a_lock_that_opens_by_itself_is_waited_for_until_then(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2), unlocks_at=paris(6, 12))
    await out.held()
    assert out.world.dossier.announced == [(paris(6, 12), REASONS["locked"])]
    assert (await out.waiting()).until == paris(6, 12)
    out.world.note_of_line(locked_since=None, unlocks_at=None)
    await out.pass_until(paris(6, 12, 1))
    await out.stage("agreed")
    assert to_the_minute(out.world.at["answered"]) == paris(6, 12)


async def test_a_sim_that_was_replaced_holds_the_answer_until_its_hours_are_over(out: OutStory) -> None:
    out.world.note_of_line(swapped_at=paris(3, 9))
    await out.held()
    [(until, reason)] = out.world.dossier.announced
    assert reason == REASONS["sim_replaced"]
    await out.pass_until(until - timedelta(minutes=1))
    assert out.world.dossier.blocked == []
    await out.pass_until(until + timedelta(minutes=1))
    await out.stage("agreed")
    assert to_the_minute(out.world.at["answered"]) == until


async def test_a_replacement_under_way_holds_and_the_new_sim_holds_longer(out: OutStory) -> None:
    out.world.line_holder = "sim_replacement"
    await out.held()
    out.world.line_holder = ""
    out.world.note_of_line(swapped_at=await out.world.clock.now())
    await out.line_news(LineNewsKind.RETURNED, by="sr-1", kind="sim_replacement")
    await out.line_news(LineNewsKind.CHANGED, by="sr-1", kind="sim_replacement")
    await out.line("the line's SIM was changed a short time ago")
    await out.pass_until(paris(4))
    assert out.world.dossier.announced == [(paris(8, 18), REASONS["sim_being_replaced"])]
    assert out.world.dossier.blocked == []
    until = (await out.waiting()).until
    assert until is not None
    await out.pass_until(until + timedelta(minutes=1))
    await out.stage("agreed")


async def test_a_replacement_that_came_to_nothing_lets_the_answer_go(out: OutStory) -> None:
    out.world.line_holder = "sim_replacement"
    await out.held()
    out.world.line_holder = ""
    await out.line_news(LineNewsKind.RETURNED, by="sr-1", kind="sim_replacement")
    await out.stage("agreed")


async def test_a_person_lifts_a_hold_and_is_not_asked_about_it_again(out: OutStory) -> None:
    out.world.know_contact(changed_at=paris(2))
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.release()
    await out.stage("agreed")
    assert [event.reason for event in out.world.recorder.timeline if event.by == "desk"] == ["called the holder back"]


async def test_a_person_refuses_what_smells_of_fraud(out: OutStory) -> None:
    out.world.know_contact(changed_at=paris(2))
    await out.held()
    assert out.world.dossier.announced[0][1] == REASONS["contact_changed"]
    await out.refuse()
    assert await out.ends() == "rejected"
    assert out.world.dossier.blocked == ["61"]
    assert out.world.known_when_answered["released"]
    assert out.world.status.refusal is not None
    assert out.world.status.refusal.code == "fraud_suspected"
    assert out.world.told[-1] == "rejected"
    assert out.world.effects_on_the_line == []


async def test_nobody_releases_or_refuses_what_is_not_held(out: OutStory) -> None:
    await out.agreed()
    assert "nothing to resolve" in await out.refused(out.release())
    assert "nothing to resolve" in await out.refused(out.refuse())
    assert (await out.status()).stage == "agreed"


async def test_a_hold_that_outlives_its_announcement_is_late_and_still_no_answer(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.pass_until(paris(8, 14, 1))
    assert "our answer is due soon" in out.world.lines
    await out.pass_until(paris(10))
    assert (out.world.status.late, out.world.status.state, out.world.dossier.blocked) == (True, "held", [])
    await out.release()
    status = await out.stage("agreed")
    assert (status.late, status.needs_attention) == (True, False)


async def test_a_recipient_that_cancels_while_the_answer_is_held_ends_the_order(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.freeze("one_time_code")
    await out.withdrawn()
    assert await out.ends() == "cancelled"
    assert out.world.dossier.blocked == []
    assert out.world.told[-1] == "cancelled"
    assert out.world.recorder.released


async def test_a_port_that_is_performed_while_our_answer_is_held_is_executed(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.performed()
    assert await out.ends() == "completed"
    assert out.world.dossier.blocked == []
    assert out.world.effects_on_the_line == ["line_down", "contract_ended", "invoice_asked", "sim_retired"]
    assert not out.world.status.needs_attention
