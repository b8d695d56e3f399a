"""Temporal's histories after a load: how many events, how many bytes, which commands."""

from collections import Counter
from statistics import fmean, median

from temporalio.client import Client, WorkflowExecution

from benchmarks.figures import Histories
from benchmarks.shape import commands_in

SAMPLE = 25
"""Histories that are read whole; of all others only the length is."""


async def executions(client: Client, workflow_type: str, ids: set[str]) -> list[WorkflowExecution]:
    """The closed runs of these ids, as the list knows them."""
    query = f'WorkflowType="{workflow_type}"'
    return [run async for run in client.list_workflows(query, page_size=1000) if run.id in ids]


async def measure(client: Client, runs: list[WorkflowExecution]) -> Histories:
    """`commands` are those of the most frequent shape in a sample spread over all runs."""
    shapes: Counter[tuple[tuple[str, int], ...]] = Counter()
    for run in runs[:: max(1, len(runs) // SAMPLE)]:
        history = await client.get_workflow_handle(run.id).fetch_history()
        shapes[tuple(sorted(commands_in(event.event_type for event in history.events).items()))] += 1
    return Histories(
        events_median=median(run.history_length for run in runs),
        events_most=max(run.history_length for run in runs),
        bytes_mean=fmean(run.raw_info.history_size_bytes for run in runs),
        commands=dict(shapes.most_common(1)[0][0]),
    )
