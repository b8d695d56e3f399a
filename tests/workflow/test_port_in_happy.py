"""A port that goes well, and its plans."""

from tests.support.port_story import Story
from tests.support.port_world import CARD, NUMBER

HAPPY = [
    "sim_reserved",
    "subscription_prepared",
    "donor_asked",
    "number_on_sim",
    "performed",
    "contract_activated",
]


async def test_a_port_goes_from_the_plan_to_its_proof(story: Story) -> None:
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    assert story.world.done == HAPPY
    assert story.world.hlr == {CARD.imsi: NUMBER}
    assert story.world.reference == "ALIZE"
    assert story.world.told == ["received", "date_agreed", "completed"]
    assert story.world.recorder.released
    assert story.world.lines == [
        "planned by the national rules",
        "asked CIRUS through the clearing house",
        "CIRUS agreed; the port is on 2026-06-06",
        "the day has come: cut-over begins",
        "number on the new SIM; porting performed accepted: point of no return passed",
        "ALIZE serves the number: proved by the reference database and the HLR",
        "completed; the line is free for other orders",
    ]
    outcome = story.world.status.outcome
    assert outcome is not None
    assert "compensation" not in outcome
    assert outcome["proof"]["reference_database"] == "ALIZE"
    assert outcome["proof"]["hlr_on_new_sim"] is True
    assert sorted(outcome["proof"]["acknowledged"]) == ["BOREA", "CIRUS", "DUNE"]


async def test_a_happy_port_takes_at_most_sixty_three_events_of_history(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.ends()
    assert len((await story.handle.fetch_history()).events) <= 63
