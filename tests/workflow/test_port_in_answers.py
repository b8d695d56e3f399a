"""The donor's messages come early, twice, late, against each other, or from another dossier; the first answer of the
open dossier stands.
"""

from domain.refusals import refusal_from_block
from tests.support.port_clearing_house import dossier_of
from tests.support.port_story import Story, paris


async def test_an_answer_faster_than_the_reply_to_our_request_counts(story: Story) -> None:
    async def answers_at_once() -> None:
        story.world.dossiers[dossier_of(1)].status = "agreed"
        await story.dossier_message()

    story.world.after_effect("clearing_house_ask_donor", answers_at_once)
    await story.start()
    await story.stage("waiting_for_day")
    assert await story.ends() == "completed"


async def test_an_answer_counts_although_the_reply_to_our_request_was_lost(story: Story) -> None:
    async def answers_and_is_lost() -> None:
        story.world.dossiers[dossier_of(1)].status = "agreed"
        await story.dossier_message()
        raise ConnectionResetError

    story.world.after_effect("clearing_house_ask_donor", answers_and_is_lost)
    await story.start()
    await story.stage("waiting_for_day")
    assert story.world.done.count("donor_asked") == 1
    assert await story.ends() == "completed"


async def test_a_yes_taken_back_is_held_long_before_the_day_and_a_retry_asks_anew(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.dossier_message(blocked=True, blocking_code="13", refusal=refusal_from_block("13", "", "CIRUS"))
    await story.line("the donor takes its yes back")
    await story.stage("held")
    assert "number_on_sim" not in story.world.done
    await story.resolve("retry")
    await story.until(lambda: story.world.done.count("donor_asked") == 2)
    await story.donor_accepts(attempt=2)
    assert await story.ends() == "completed"


async def test_a_yes_taken_back_and_given_up_on_is_a_rejection(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.dossier_message(blocked=True, blocking_code="13", refusal=refusal_from_block("13", "", "CIRUS"))
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "rejected"
    assert (await story.status()).refusal.code == "transfer_code_invalid"


async def test_other_messages_of_the_dossier_are_noted(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.dossier_message("portingperformed")
    await story.line("portingperformed of")
    await story.donor_accepts()
    assert await story.ends() == "completed"


async def test_an_answer_whose_signal_was_lost_is_read_before_the_donor_counts_as_silent(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.dossier_message(wakes=False)
    await story.pass_until(paris(5, 18, 5))
    await story.stage("waiting_for_day")
    assert "donor_reminded" not in story.world.done


async def test_signals_that_nothing_came_with_do_no_harm(story: Story) -> None:
    await story.start()
    await story.agreed()
    before = len(story.world.lines)
    for _ in range(3):
        await story.handle.signal("wake")
    await story.quiet()
    assert len(story.world.lines) == before
    assert await story.ends() == "completed"
