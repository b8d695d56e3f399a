"""The load on the whole stack: everything on, as people run it, but for the pace of its world."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from temporalio.client import Client

from benchmarks.case import Case
from benchmarks.clients import Body, OrderClient
from benchmarks.figures import Load
from benchmarks.histories import executions, measure
from benchmarks.load import LOOK_S, STALLED_S, Stalled, offer
from benchmarks.meter import Meter
from benchmarks.orders import JournalLook
from benchmarks.plan import Plan, load_of
from stack.stack import ALL, Stack, free_settings


async def run_real(case: Case, plan: Plan, folder: Path) -> Load:
    """Runs the case on a stack of its own, in `folder`.

    Raises:
        RequestRefused, Stalled, StackError
    """
    settings = free_settings(folder, temporal_synchronous=plan.synchronous)
    async with Stack(settings, env={"RELAIS_PACE": f"{plan.pace:g}"}, auto_restart=False) as stack:
        bodies = await case.bodies(stack, plan.warm_up + plan.count)
        load = _Load(case, plan, stack)
        async with case.client(stack) as client:
            await load.offer(client, bodies[: plan.warm_up], "warming up")
        async with case.client(stack) as client:
            return await load.measured(client, bodies[plan.warm_up :])


class _Load:
    def __init__(self, case: Case, plan: Plan, stack: Stack) -> None:
        self._case = case
        self._plan = plan
        self._stack = stack
        self._databases = [stack.settings.state_dir / name for name in ("temporal.sqlite", "journal.sqlite")]
        self._journal = JournalLook(self._databases[1], case.kind)

    async def measured(self, client: OrderClient, bodies: Sequence[Body]) -> Load:
        pids = {name: pid for name in ALL if (pid := self._stack.pid(name)) is not None}
        meter = Meter(pids, self._databases)
        await self.offer(client, bodies, self._case.name)
        drain_s = await self._messages_sent()
        used = meter.stop()
        ids = await client.orders(self._journal)
        ended = await self._journal.load(ids)
        temporal = await Client.connect(self._stack.temporal_address, namespace=self._stack.namespace)
        runs = await executions(temporal, self._case.workflow_type, ids)
        return load_of(
            seconds=ended.last_ended - ended.first_accepted,
            latencies_s=ended.latencies_s,
            by_state=ended.by_state,
            used=used,
            drain_s=drain_s,
            histories=await measure(temporal, runs),
            parts=client.parts(ended),
        )

    async def _messages_sent(self) -> float:
        """Waits until every customer has been told; the real seconds that it took."""
        since = time.monotonic()
        while await self._journal.owed_messages():
            if time.monotonic() - since > STALLED_S:
                raise Stalled(f"customers are still owed messages {STALLED_S:g} s after the last order")
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - since

    async def offer(self, client: OrderClient, bodies: Sequence[Body], name: str) -> None:
        before = await self._journal.ended()

        async def ended() -> int:
            return await self._journal.ended() - before

        await offer(
            bodies,
            client.submit,
            ended,
            in_flight=self._plan.in_flight,
            progress=lambda done: self._plan.progress(name, done, len(bodies)),
        )
