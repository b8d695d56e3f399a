"""What people at the desk may send, and the sentences that turn them away."""

import asyncio

import pytest

from domain.updates import CancelRequest, NoteRequest, RescheduleRequest, ResolveRequest
from tests.support.port_story import Story
from workflows.port_in import PortIn


@pytest.mark.parametrize(
    ("update", "request_", "sentence"),
    [
        (PortIn.cancel, CancelRequest(reason="why"), "by and reason must say who asks and why"),
        (PortIn.cancel, CancelRequest(by="me", reason=" "), "by and reason must say who asks and why"),
        (PortIn.reschedule, RescheduleRequest(date="+5d"), "by and reason must say who asks and why"),
        (PortIn.reschedule, RescheduleRequest(by="me", reason="why"), "date is missing"),
        (PortIn.resolve, ResolveRequest(by="me", reason="why", action="retry"), "nothing to resolve: the order is"),
        (PortIn.note, NoteRequest(by="me"), "by and text must say who notes what"),
    ],
)
async def test_an_update_that_cannot_be_taken_is_refused_with_a_sentence(
    story: Story, update: object, request_: object, sentence: str
) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    assert sentence in await story.refused(story.handle.execute_update(update, request_))  # type: ignore[call-overload]
    await story.donor_accepts()
    assert await story.ends() == "completed"


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (ResolveRequest(by="me", reason="why", action="pray"), "action must be one of retry, give_up"),
        (ResolveRequest(by="me", reason="why"), "action must be one of retry, give_up"),
        (ResolveRequest(action="retry"), "by and reason must say who decides and why"),
    ],
)
async def test_a_decision_that_is_none_leaves_the_order_held(
    story: Story, request_: ResolveRequest, sentence: str
) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    assert sentence in await story.refused(story.handle.execute_update(PortIn.resolve, request_))
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
