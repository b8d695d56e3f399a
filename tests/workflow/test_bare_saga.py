"""The benchmark compares like with like: the bare saga gives Temporal the commands of a real port."""

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from benchmarks.bare_saga import TASK_QUEUE, BareSaga, Nothing
from benchmarks.case import Case
from benchmarks.port_in import PORT_IN
from benchmarks.shape import commands_in, commands_of, differences
from benchmarks.sim_replacement import SIM_REPLACEMENT
from runtime.temporal import sandbox
from tests.support.order_environment import ATTRIBUTES
from tests.support.port_story import Story
from tests.support.sim_story import SimStory
from tests.support.temporal import BUILD_ID


async def test_the_bare_saga_gives_the_commands_of_a_happy_port(story: Story) -> None:
    await story.start()
    await story.agreed()
    assert await story.ends() == "completed"
    recorded = await story.handle.fetch_history()
    assert differences(PORT_IN.bare, commands_in(event.event_type for event in recorded.events)) == []


async def test_the_bare_saga_gives_the_commands_of_a_plain_esim(sim: SimStory) -> None:
    await sim.waits()
    await sim.phone("installed")
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    recorded = await sim.handle.fetch_history()
    assert differences(SIM_REPLACEMENT.bare, commands_in(event.event_type for event in recorded.events)) == []


@pytest.mark.parametrize("case", [PORT_IN, SIM_REPLACEMENT], ids=lambda case: case.name)
async def test_a_bare_saga_leaves_the_history_that_its_steps_promise(test_server: str, case: Case) -> None:
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=test_server) as env:
        await env.client.operator_service.add_search_attributes(ATTRIBUTES)
        nothing = Nothing(env.client)
        activities = [nothing.act, nothing.act_locally, nothing.ask]
        async with Worker(
            env.client,
            task_queue=TASK_QUEUE,
            build_id=BUILD_ID,
            workflows=[BareSaga],
            activities=activities,
            workflow_runner=sandbox(),
        ):
            handle = await env.client.start_workflow(
                BareSaga.run, [step.value for step in case.bare], id="bare", task_queue=TASK_QUEUE
            )
            with env.auto_time_skipping_disabled():  # the answer comes in real time
                await handle.result()
            seen = commands_in(event.event_type for event in (await handle.fetch_history()).events)
    assert differences(case.bare, seen) == []
    assert seen["activity"] == commands_of(case.bare)["activity"] > 4
