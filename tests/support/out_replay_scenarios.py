"""The ports out, and what changed for other orders with them, whose histories are kept for replay."""

from datetime import timedelta

from domain.lines import LineNewsKind
from domain.port_out import PortPerformed
from tests.support.end_story import TerminationStory
from tests.support.order_story import paris
from tests.support.out_story import OutStory
from tests.support.sim_story import SimStory


async def completed_port_out(out: OutStory) -> None:
    await out.agreed()
    await out.pass_until(paris(8, 8, 30))
    await out.performed()


async def completed_port_out_after_a_hold_with_our_systems_away(out: OutStory) -> None:
    out.world.retry_after = timedelta(hours=3)
    out.world.take_down("care_line", until=paris(3, 14))
    out.world.note_of_line(locked_since=paris(2), unlocks_at=paris(6, 12))
    await out.start()
    await out.pass_until(paris(3, 18))
    await out.line("answer announced for")
    out.world.note_of_line(locked_since=None, unlocks_at=None)
    await out.pass_until(paris(6, 12, 1))
    await out.stage("agreed")
    out.world.take_down("hlr_remove", "billing_end_contract", until=paris(7, 12))
    await out.performed()


async def completed_port_out_late_and_found_in_the_registry(out: OutStory) -> None:
    out.world.retry_after = timedelta(hours=6)
    out.world.take_down("care_line", until=paris(9, 12))
    await out.start()
    await out.pass_until(paris(9, 20))
    await out.stage("agreed")
    await out.is_performed()


async def completed_port_out_made_up(out: OutStory) -> None:
    await out.start(rio="", performed=PortPerformed(at=await out.is_performed()))


async def completed_port_out_of_a_number_in_quarantine(out: OutStory) -> None:
    out.world.know(state="ended", ended_at=paris(1, 0))
    out.world.hlr = {}
    await out.agreed()
    await out.performed()


async def rejected_port_out_by_the_rules(out: OutStory) -> None:
    await out.start(rio="")


async def rejected_port_out_by_a_person(out: OutStory) -> None:
    out.world.know_contact(changed_at=paris(2))
    await out.held()
    await out.refuse()


async def rejected_port_out_frozen_by_a_code(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.freeze("one_time_code")
    await out.code(right=True)


async def cancelled_port_out(out: OutStory) -> None:
    await out.agreed()
    await out.note("asked about it")
    await out.withdrawn()


async def cancelled_port_out_expired(out: OutStory) -> None:
    await out.agreed()
    await out.pass_time(days=90, hours=2)
    out.world.dossier.status = "expired"


async def cancelled_termination_that_folded(leaving: TerminationStory) -> None:
    await leaving.waits()
    for news in (LineNewsKind.PREEMPTED, LineNewsKind.RETURNED):
        await leaving.line_news(news)
        await leaving.line("folds into" if news is LineNewsKind.PREEMPTED else "came to nothing")
    await leaving.line_news(LineNewsKind.PREEMPTED, by="po-10")
    await leaving.line("folds into the port out po-10")
    await leaving.line_news(LineNewsKind.CONTRACT_ENDED, by="po-10")


async def cancelled_esim_whose_line_was_taken(sim: SimStory) -> None:
    await sim.waits()
    await sim.line_news(LineNewsKind.TAKEN)


OUT_STORIES = (
    completed_port_out,
    completed_port_out_after_a_hold_with_our_systems_away,
    completed_port_out_late_and_found_in_the_registry,
    completed_port_out_made_up,
    completed_port_out_of_a_number_in_quarantine,
    rejected_port_out_by_the_rules,
    rejected_port_out_by_a_person,
    rejected_port_out_frozen_by_a_code,
    cancelled_port_out,
    cancelled_port_out_expired,
)
