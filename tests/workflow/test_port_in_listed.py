"""What the Web UI's list and page show of a port, and that neither ever shows a number."""

import json

from tests.support.port_story import Story
from tests.support.port_world import NUMBER
from workflows.order.search_attributes import DONOR, NEEDS_ATTENTION, ORDER_STATE, STAGE, WAITING_FOR


async def listed(story: Story) -> dict[str, object]:
    info = (await story.handle.describe()).raw_description.workflow_execution_info
    fields = info.search_attributes.indexed_fields
    names = [key.name for key in (ORDER_STATE, STAGE, WAITING_FOR, NEEDS_ATTENTION, DONOR)]
    return {name: json.loads(fields[name].data) if name in fields else None for name in names}


async def test_the_list_says_whom_an_order_waits_for(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    assert await listed(story) == {
        "OrderState": "pending",
        "Stage": "waiting_for_donor",
        "WaitingFor": "CIRUS",
        "NeedsAttention": False,
        "Donor": "CIRUS",
    }


async def test_the_list_shows_who_needs_a_human_and_who_no_longer_does(story: Story) -> None:
    await story.start()
    await story.stage("waiting_for_donor")
    await story.donor_refuses("60")
    await story.stage("held")
    held = await listed(story)
    assert (held["OrderState"], held["WaitingFor"], held["NeedsAttention"]) == ("held", "desk", True)
    await story.resolve("retry")
    await story.until(lambda: story.world.done.count("donor_asked") == 2)
    await story.quiet()
    again = await listed(story)
    assert (again["OrderState"], again["WaitingFor"], again["NeedsAttention"]) == ("pending", "CIRUS", False)


async def test_a_ports_history_never_shows_the_number_in_clear(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.ends()
    history = (await story.handle.fetch_history()).to_json()
    assert NUMBER not in history
    assert NUMBER.removeprefix("+33") not in history
