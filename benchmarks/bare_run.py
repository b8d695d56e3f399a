"""The same load of bare sagas, on a fresh server with the same flags and a worker process of its own."""

import sys
from pathlib import Path

from temporalio.client import Client
from ulid import ULID

from benchmarks.bare_saga import TASK_QUEUE, BareSaga
from benchmarks.case import Case
from benchmarks.figures import Load
from benchmarks.histories import executions, measure
from benchmarks.load import offer
from benchmarks.meter import Meter
from benchmarks.plan import Plan, load_of
from domain.orders import ACCEPTED, OrderState
from stack.component import Component
from stack.stack import Stack, free_settings
from stack.temporal import TemporalAdmin
from workflows.order.search_attributes import initial

WORKER = "worker"
TYPE = "BareSaga"
CLOSED = f'WorkflowType="{TYPE}" AND ExecutionStatus="Completed"'


async def run_bare(case: Case, plan: Plan, folder: Path) -> Load:
    """Runs sagas of the case's shape, in `folder`.

    Raises:
        Stalled, StackError
    """
    settings = free_settings(folder, temporal_synchronous=plan.synchronous)

    async def polled(pid: int) -> bool:
        return await TemporalAdmin(stack.env, stack.namespace).polled_by(TASK_QUEUE, pid)

    worker = Component(
        name=WORKER,
        command=[sys.executable, "-m", "benchmarks.bare_worker"],
        ready=polled,
        after=("temporal",),
    )
    stack = Stack(settings, components=("temporal",), extra=(worker,), auto_restart=False)
    async with stack:
        client = await Client.connect(stack.temporal_address, namespace=stack.namespace)
        await _offer(client, case, plan, plan.warm_up, "warming up (bare)")
        database = stack.settings.state_dir / "temporal.sqlite"
        pids = {name: pid for name in ("temporal", WORKER) if (pid := stack.pid(name)) is not None}
        meter = Meter(pids, [database])
        ids = await _offer(client, case, plan, plan.bare_count, f"{case.name}, bare saga")
        used = meter.stop()
        runs = await executions(client, TYPE, ids)
        closed = [(run.start_time, run.close_time) for run in runs if run.close_time is not None]
        return load_of(
            seconds=(max(end for _, end in closed) - min(start for start, _ in closed)).total_seconds(),
            latencies_s=[(end - start).total_seconds() for start, end in closed],
            by_state={OrderState.COMPLETED.value: len(closed)},
            used=used,
            histories=await measure(client, runs),
        )


async def _offer(client: Client, case: Case, plan: Plan, count: int, name: str) -> set[str]:
    before = (await client.count_workflows(CLOSED)).count
    ids = [f"bare-{ULID()}" for _ in range(count)]
    attributes = initial(
        kind=case.kind,
        donor="DONOR",
        recipient="HOME",
        line_hash="0" * 32,
        status=ACCEPTED,
    )

    async def submit(workflow_id: str) -> None:
        await client.start_workflow(
            BareSaga.run,
            [step.value for step in case.bare],
            id=workflow_id,
            task_queue=TASK_QUEUE,
            search_attributes=attributes,
            static_summary="bare saga",
        )

    async def ended() -> int:
        return (await client.count_workflows(CLOSED)).count - before

    await offer(ids, submit, ended, in_flight=plan.in_flight, progress=lambda done: plan.progress(name, done, count))
    return set(ids)
