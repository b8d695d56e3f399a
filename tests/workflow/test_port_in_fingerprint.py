"""The commands of a port that goes well, in order. Orders run for weeks: whoever changes this list changes live
workflows and needs a version of the story (`workflow.patched`) or the certainty that none is running.
"""

import json

from temporalio.api.history.v1 import HistoryEvent

from tests.support.port_story import Story

FINGERPRINT = [
    "local rules_plan_port_in",
    "activity logistics_reserve_sim reserve-sim",
    "activity care_prepare_subscription prepare-subscription",
    "activity clearing_house_ask_donor ask-donor",
    "list Due OrderState Stage WaitingFor",
    "timer",
    "timer cancelled",
    "local journal_record",
    "list Due Stage WaitingFor",
    "timer",
    "local clock_look",
    "activity hlr_put_in_service put-in-service-2026-06-06",
    "activity clearing_house_declare_performed porting-performed-5",
    "activity care_activate_contract activate-contract",
    "local evidence_look",
    "local journal_record",
    "list Due OrderState Stage WaitingFor",
    "completed",
]


def command(event: HistoryEvent) -> str | None:
    """What the workflow asked for in this event; None for what the server or others did."""
    match event.WhichOneof("attributes"):
        case "activity_task_scheduled_event_attributes":
            asked = event.activity_task_scheduled_event_attributes
            return f"activity {asked.activity_type.name} {asked.activity_id}"
        case "marker_recorded_event_attributes":
            details = event.marker_recorded_event_attributes.details["data"].payloads[0]
            return f"local {json.loads(details.data)['activity_type']}"
        case "timer_started_event_attributes":
            return "timer"
        case "timer_canceled_event_attributes":
            return "timer cancelled"
        case "upsert_workflow_search_attributes_event_attributes":
            listed = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            return f"list {' '.join(sorted(listed))}"
        case "workflow_execution_completed_event_attributes":
            return "completed"
        case _:
            return None


async def test_the_commands_of_a_happy_port_are_the_known_ones(story: Story) -> None:
    await story.start()
    await story.agreed()
    await story.ends()
    commands = [command(event) for event in (await story.handle.fetch_history()).events]
    assert [one for one in commands if one] == FINGERPRINT
