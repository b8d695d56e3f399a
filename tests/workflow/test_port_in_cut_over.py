"""The cut-over: the HLR away at the slot, and the point of no return with everything that can go wrong there."""

from datetime import timedelta

import pytest

from activities.clearing_house import Declared
from activities.hlr import Provisioned
from domain.refusals import RefusalCode, refusal
from tests.support.port_clearing_house import dossier_of
from tests.support.port_story import Story, paris
from tests.support.port_world import CARD, NUMBER

DECLARE = "clearing_house_declare_performed"
KEEP = "clearing_house_keep_declaring"
UNCONNECTED = Declared(status="not_connected")
UNKNOWN = Declared(status="unknown")


async def on_the_day(story: Story, hour: int = 8, minute: int = 1) -> None:
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, hour, minute))


async def test_an_hlr_that_comes_back_within_the_slot_is_waited_for(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(6, 10))
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert paris(6, 10) <= story.world.at["number_on_sim"] <= paris(6, 12)


async def test_an_hlr_that_is_down_all_morning_costs_the_day_once_without_a_person(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(6, 13))
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(8, 8)
    assert not any("held" in line for line in story.world.lines)
    assert story.world.told == ["received", "date_agreed", "day_moved_1", "completed"]


async def test_a_day_missed_twice_is_held_and_given_up_with_the_world_as_before(story: Story) -> None:
    before = story.world.snapshot()
    story.world.take_down("hlr_put_in_service")
    await on_the_day(story)
    await story.pass_until(paris(8, 13))
    held = await story.stage("held")
    assert "missed again" in held.attention
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.snapshot() == before
    assert story.world.reference == "CIRUS"
    assert "performed" not in story.world.done


async def test_a_day_missed_twice_is_planned_again_on_a_persons_word(story: Story) -> None:
    story.world.take_down("hlr_put_in_service", until=paris(8, 13))
    await on_the_day(story)
    await story.pass_until(paris(8, 14))
    await story.stage("held")
    await story.resolve("retry")
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(9, 8)


async def test_a_number_that_the_hlr_took_but_could_not_say_so_is_taken_off_when_the_slot_ends(story: Story) -> None:
    async def taken_silently() -> None:
        story.world.take_down("hlr_put_in_service", until=paris(6, 13))
        raise ConnectionResetError

    story.world.after_effect("hlr_put_in_service", taken_silently)
    await on_the_day(story)
    await story.pass_until(paris(6, 13))
    assert "number_off_sim" in story.world.done
    assert await story.ends() == "completed"
    assert story.world.done.count("number_on_sim") == 2


async def test_a_number_that_the_hlr_refuses_costs_the_day(story: Story) -> None:
    no = refusal(RefusalCode.TECHNICAL, "hlr", raw_text="Update MSISDN failed")
    story.world.next_call("hlr_put_in_service", Provisioned(refusal=no))
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert any("the HLR refused the number: Update MSISDN failed" in line for line in story.world.lines)
    assert story.world.at["performed"] >= paris(8, 8)


async def test_a_clearing_house_that_cannot_be_reached_at_the_pivot_undoes_the_hlr_within_fifteen_minutes(
    story: Story,
) -> None:
    story.world.next_call(DECLARE, *[UNCONNECTED] * 60)
    await on_the_day(story, 8, 20)
    await story.until(lambda: "number_off_sim" in story.world.done)
    window = story.world.at["number_off_sim"] - story.world.at["number_on_sim"]
    assert timedelta(minutes=9) < window < timedelta(minutes=15)
    assert story.world.hlr == {}
    again = await story.stage("waiting_for_day")
    assert again.due == paris(8, 8)
    assert not again.point_of_no_return
    assert story.world.calls[KEEP] == 0


async def test_a_short_gap_in_the_connection_is_bridged(story: Story) -> None:
    story.world.next_call(DECLARE, UNCONNECTED, UNCONNECTED)
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert "number_off_sim" not in story.world.done
    assert story.world.done.count("performed") == 1


async def test_a_reply_lost_at_the_pivot_is_looked_up_and_found_performed(story: Story) -> None:
    story.world.lose_reply(DECLARE)
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.done.count("performed") == 1
    assert story.world.done.count("number_on_sim") == 1
    assert story.world.requests[DECLARE][-1].look_first


async def test_an_unknown_outcome_is_asked_after_with_the_same_key_for_days_and_never_undone(story: Story) -> None:
    story.world.next_call(DECLARE, *[UNKNOWN] * 41)
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 8, 5))
    waits = await story.status()
    assert waits.waiting_for is not None
    assert "never undone" in waits.waiting_for.then
    assert "too late to cancel" in await story.refused(story.cancel())
    assert await story.ends() == "completed"
    assert len({request.key for request in story.world.requests[DECLARE]}) == 1
    assert len(story.world.requests[DECLARE]) > 40
    assert "number_off_sim" not in story.world.done
    assert len((await story.handle.fetch_history()).events) < 80


async def test_a_worker_that_dies_at_the_pivot_proves_nothing_and_nothing_is_undone(story: Story) -> None:
    story.world.take_down(DECLARE, until=paris(6, 20))
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.at["performed"] >= paris(6, 20)
    assert "number_off_sim" not in story.world.done
    assert len((await story.handle.fetch_history()).events) < 80


async def test_a_date_too_early_corrects_itself_with_a_message_of_its_own(story: Story) -> None:
    story.world.performed_refusals.append(("DATE_TOO_EARLY", "before the donor's date"))
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_accepts()
    await story.stage("waiting_for_day")
    story.world.dossiers[dossier_of(1)].first_possible = paris(6, 8, 30)
    assert await story.ends() == "completed"
    first, second = story.world.requests[DECLARE]
    assert second.actual == paris(6, 8, 30)
    assert first.key != second.key
    assert (first.errors_seen, second.errors_seen) == (0, 1)
    assert not any("held" in line for line in story.world.lines)


async def test_another_error_is_shown_to_a_person_and_resent_with_a_new_key(story: Story) -> None:
    story.world.performed_refusals.append(("NUMBER_NOT_AT_DONOR", "no"))
    await on_the_day(story)
    held = await story.stage("held")
    assert "NUMBER_NOT_AT_DONOR" in held.attention
    assert "too late to cancel" in await story.refused(story.cancel())
    await story.resolve("retry")
    assert await story.ends() == "completed"
    assert len({request.key for request in story.world.requests[DECLARE]}) == 2


async def test_giving_up_after_an_error_cancels_the_dossier_first_and_then_undoes_the_rest(story: Story) -> None:
    before = story.world.snapshot()
    story.world.performed_refusals.append(("NUMBER_NOT_AT_DONOR", "no"))
    await on_the_day(story)
    await story.stage("held")
    await story.resolve("give_up")
    assert await story.ends() == "failed"
    assert story.world.done[-4:] == [
        "dossier_cancelled",
        "number_off_sim",
        "subscription_cancelled",
        "sim_released",
    ]
    assert story.world.snapshot() == before


async def test_giving_up_on_what_the_registry_shows_performed_goes_forward_instead(story: Story) -> None:
    story.world.performed_refusals.append(("NUMBER_NOT_AT_DONOR", "no"))
    await on_the_day(story)
    await story.stage("held")
    story.world.dossiers[dossier_of(1)].status = "performed"
    story.world.reference = "ALIZE"
    await story.resolve("give_up")
    assert await story.ends() == "completed"
    assert story.world.status.point_of_no_return
    assert story.world.hlr == {CARD.imsi: NUMBER}
    assert "sim_released" not in story.world.done


async def test_a_cancel_that_finds_the_port_performed_goes_forward(story: Story) -> None:
    await story.start()
    await story.agreed()
    story.world.dossiers[dossier_of(1)].status = "performed"
    story.world.reference = "ALIZE"
    await story.cancel()
    assert await story.ends() == "completed"
    assert story.world.hlr == {CARD.imsi: NUMBER}
    assert story.world.subscription == "active"


async def test_a_dossier_cancelled_elsewhere_undoes_the_port(story: Story) -> None:
    before = story.world.snapshot()
    await story.start()
    await story.agreed()
    story.world.dossiers[dossier_of(1)].status = "cancelled"
    assert await story.ends() == "failed"
    assert story.world.snapshot() == before


@pytest.mark.parametrize(("range_holder", "backporting"), [("ALIZE", True), ("DUNE", False)])
async def test_a_port_is_a_port_back_only_when_home_holds_the_range(
    story: Story, range_holder: str, backporting: bool
) -> None:
    story.world.range_holder = range_holder
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.requests[DECLARE][0].backporting is backporting


async def test_a_virtual_operator_is_asked_and_told_under_its_own_name(story: Story) -> None:
    story.world.reference = "EOLE"
    await story.start(donor="EOLE")
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.requests["clearing_house_ask_donor"][0].donor == "EOLE"
    assert story.world.requests[DECLARE][0].donor == "EOLE"


async def test_a_slot_that_nobody_was_there_for_is_not_begun_after_its_end(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.pass_until(paris(6, 7, 30))
    story.world.clock.reachable = False
    await story.pass_until(paris(6, 15))
    story.world.clock.reachable = True
    assert await story.ends() == "completed"
    assert story.world.at["number_on_sim"] >= paris(8, 8)
    assert any("nobody was there to begin" in line for line in story.world.lines)
