"""A port that goes well, and its plans."""

from tests.support.port_story import Story


async def test_a_port_goes_from_the_plan_to_its_proof(story: Story) -> None:
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.done == [
        "sim_reserved",
        "subscription_prepared",
        "donor_asked",
        "number_on_sim",
        "performed",
        "contract_activated",
    ]
