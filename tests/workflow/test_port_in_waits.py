"""What an order shows once a party that made it wait is back."""

from activities.logistics import ReservedSim
from domain.refusals import RefusalCode, refusal
from tests.support.port_story import Story


async def test_a_clearing_house_back_after_minutes_leaves_the_order_waiting_for_the_donor(story: Story) -> None:
    story.world.take_down("clearing_house_ask_donor")
    await story.start()
    await story.pass_time(minutes=2)
    waiting_for = (await story.status()).waiting_for
    assert waiting_for is not None
    assert waiting_for.party == "clearing house"
    story.world.bring_back("clearing_house_ask_donor")
    await story.pass_time(minutes=6)
    await story.until(lambda: "donor_asked" in story.world.done)
    await story.quiet()
    shown = await story.status()
    assert (shown.stage, shown.state) == ("waiting_for_donor", "pending")
    assert shown.waiting_for is not None
    assert shown.waiting_for.party == "CIRUS"
    assert shown.due is not None
    assert story.world.status == shown
    assert story.world.told == ["received"]
    await story.donor_accepts()
    assert await story.ends() == "completed"


async def test_a_registry_back_after_minutes_leaves_no_wait_behind(story: Story) -> None:
    story.world.take_down("registry_number")
    await story.start()
    await story.pass_time(minutes=2)
    story.world.next_call("logistics_reserve_sim", ReservedSim(refusal=refusal(RefusalCode.TECHNICAL, "logistics")))
    story.world.bring_back("registry_number")
    await story.pass_time(minutes=6)
    held = await story.stage("held")
    assert held.stage == "reserving"
    await story.resolve("retry")
    await story.agreed()
    assert await story.ends() == "completed"
