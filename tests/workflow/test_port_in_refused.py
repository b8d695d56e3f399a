"""The donor says no. What each code leads to is tested in `tests/unit/test_donor_refusal.py`."""

import pytest

from domain.refusals import RefusalCode, block_code, refusal
from tests.support.port_story import Story
from tests.support.port_world import PortWorld


def shows_a_breach(world: PortWorld) -> bool:
    return any("a ground that the rules do not know" in line for line in world.lines)


@pytest.mark.parametrize("code", [RefusalCode.TRANSFER_CODE_INVALID, RefusalCode.IDENTITY_MISMATCH])
async def test_a_refusal_ends_the_order_and_leaves_the_world_as_before(story: Story, code: RefusalCode) -> None:
    before = story.world.snapshot()
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses(block_code(code) or "", "so says the desk")
    assert await story.ends() == "rejected"
    status = story.world.status
    assert status.refusal is not None
    assert (status.refusal.code, status.refusal.raw_text) == (code, "so says the desk")
    assert story.world.snapshot() == before
    assert story.world.told == ["received", "rejected"]
    assert story.world.recorder.released
    assert "clearing_house_cancel_dossier" not in story.world.calls
    assert shows_a_breach(story.world) == (code is RefusalCode.IDENTITY_MISMATCH)


async def test_a_refusal_that_a_person_must_look_at_is_asked_anew_in_a_dossier_of_its_own(
    story: Story,
) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("99")
    held = await story.stage("held")
    assert held.refusal is not None
    await story.resolve("retry")
    await story.stage("waiting_for_donor")
    await story.until(lambda: story.world.done.count("donor_asked") == 2)
    await story.quiet()
    await story.donor_accepts(attempt=2)
    assert await story.ends() == "completed"
    assert [key for name, key in story.world.effects if name == "donor_asked"] == ["pi-1:ask:1", "pi-1:ask:2"]
    assert story.world.status.refusal is None


async def test_a_donor_asked_anew_gets_its_whole_term_again(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    await story.pass_time(days=10)
    await story.resolve("retry")
    await story.until(lambda: story.world.done.count("donor_asked") == 2)
    await story.pass_time(days=1)
    assert "donor_reminded" not in story.world.done
    status = await story.stage("waiting_for_donor")
    assert status.due is not None
    assert status.due > await story.world.clock.now()


async def test_an_error_of_the_clearing_house_is_a_refusal_and_names_it(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.dossier_message(
        "errorfound",
        error_code="NUMBER_IN_DOSSIER",
        refusal=refusal(RefusalCode.ALREADY_IN_PROGRESS, "clearing_house", raw_code="NUMBER_IN_DOSSIER"),
    )
    assert await story.ends() == "rejected"
    assert story.world.status.refusal is not None
    assert story.world.status.refusal.said_by == "clearing_house"
