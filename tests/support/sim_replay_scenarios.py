"""The SIM replacements, line services and ports to an eSIM whose histories are kept for replay."""

from datetime import timedelta

from domain.sims import SimForm
from tests.support.order_story import paris
from tests.support.port_story import Story
from tests.support.sim_story import ServiceStory, SimStory
from tests.support.sim_world import IMEI


async def completed_esim(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("enabled")


async def completed_esim_after_a_code_a_failure_and_a_review_late(sim: SimStory) -> None:
    sim.world.know_contact(changed_at=paris(2))
    await sim.start("lost", method="one_time_code")
    await sim.stage("identifying")
    await sim.code(right=False, locked_until=paris(3, 12))
    await sim.line("too many wrong")
    await sim.pass_until(paris(3, 12, 1))
    await sim.line("one-time code 2 sent")
    await sim.code(right=True, number=2)
    await sim.stage("held")
    await sim.release()
    await sim.stage("on_the_way")
    await sim.phone("error")
    await sim.until(lambda: sim.world.done.count("profile_ordered") == 2)
    await sim.stage("on_the_way")
    await sim.phone("enabled", attempt=2)


async def completed_card_after_one_was_lost(sim: SimStory) -> None:
    await sim.waits("damaged", "physical")
    await sim.post("lost")
    await sim.until(lambda: sim.world.done.count("card_sent") == 2)
    await sim.stage("on_the_way")
    await sim.post("delivered", attempt=2)
    await sim.line("the card is delivered")
    await sim.pass_time(days=3, minutes=1)
    await sim.line("is reminded")
    await sim.activate()


async def completed_card_in_the_shop_with_the_hlr_away(sim: SimStory) -> None:
    sim.world.take_down("hlr_move", until=paris(3, 12))
    await sim.start("stolen", "physical", iccid="8933990000000000777")


async def cancelled_esim(sim: SimStory) -> None:
    await sim.waits("lost")
    await sim.cancel()


async def rejected_replacement_of_a_locked_line(sim: SimStory) -> None:
    sim.world.note_of_line(locked_since=paris(2))
    await sim.start("fraud", "physical")


async def completed_bar(service: ServiceStory) -> None:
    await service.start("bar")


async def completed_unlock(service: ServiceStory) -> None:
    service.world.note_of_line(locked_since=paris(2))
    await service.start("unlock", effective_at=paris(4))


async def completed_block_of_a_handset(service: ServiceStory) -> None:
    await service.start("block_handset", imei=IMEI)
    await service.stage("waiting")
    await service.pass_time(days=1)
    await service.declare(await service.world.clock.now() - timedelta(hours=2))


async def completed_port_to_an_esim(story: Story) -> None:
    await story.start(sim_form=SimForm.ESIM)
    await story.line("the profile waits")
    await story.quiet()
    await story.phone("enabled")
    await story.agreed()


SIM_STORIES = (
    completed_esim,
    completed_esim_after_a_code_a_failure_and_a_review_late,
    completed_card_after_one_was_lost,
    completed_card_in_the_shop_with_the_hlr_away,
    cancelled_esim,
    rejected_replacement_of_a_locked_line,
)
SERVICE_STORIES = (completed_bar, completed_unlock, completed_block_of_a_handset)
