"""What people at the desk may send, and the sentences that turn them away."""

import asyncio

from domain.updates import CancelRequest, ResolveRequest
from tests.support.port_story import Story
from workflows.port_in import PortIn


async def test_an_update_that_cannot_be_taken_is_refused_with_a_sentence(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    assert "by and reason must say who asks" in await story.refused(story.update("cancel", CancelRequest(by="me")))
    assert "nothing to resolve: the order is" in await story.refused(story.resolve("retry"))
    assert "by and text must say who notes what" in await story.refused(story.note(" "))


async def test_a_decision_that_is_none_leaves_the_order_held(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    assert "action must be one of retry, give_up" in await story.refused(story.resolve("pray"))
    nobody = story.update("resolve", ResolveRequest(action="retry"))
    assert "by and reason must say who decides and why" in await story.refused(nobody)
    assert (await story.status()).state == "held"


async def test_a_note_is_kept_on_the_timeline_and_changes_nothing_else(story: Story) -> None:
    await story.start()
    before = await story.agreed()
    assert (await story.note("called the donor")).message == "noted"
    assert await story.status() == before
    note = story.world.recorder.timeline[-1]
    assert (note.what, note.by, note.reason) == ("note", "desk", "called the donor")
    assert story.world.status == before


async def test_notes_at_once_are_all_kept(story: Story) -> None:
    await story.start()
    await story.agreed()
    await asyncio.gather(*(story.note(f"note {number}") for number in range(5)))
    notes = [event.reason for event in story.world.recorder.timeline if event.what == "note"]
    assert sorted(notes) == [f"note {number}" for number in range(5)]
    assert await story.ends() == "completed"


async def test_a_decision_is_taken_once(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    answers = await asyncio.gather(story.resolve("retry"), story.resolve("retry"), return_exceptions=True)
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    await story.until(lambda: story.world.done.count("donor_asked") == 2)


async def test_a_held_orders_attention_holds_updates_that_work_as_they_stand(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("99", "?")
    held = await story.stage("held")
    examples = [part for part in held.attention.split("`") if part.startswith("{")]
    assert len(examples) == 2
    request = ResolveRequest.model_validate_json(examples[1])
    await story.handle.execute_update(PortIn.resolve, request)
    assert await story.ends() == "rejected"
