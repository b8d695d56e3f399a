"""The load on the whole stack: everything on, as people run it, but for the pace of its world."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from temporalio.client import Client

from benchmarks.case import Body, Case
from benchmarks.figures import Load
from benchmarks.histories import executions, measure
from benchmarks.load import LOOK_S, SENDERS, STALLED_S, Stalled, offer
from benchmarks.meter import Meter
from benchmarks.orders import JournalLook
from benchmarks.plan import Plan, load_of
from stack.stack import ALL, Stack, free_settings

TIMEOUT_S = 30.0


class Refused(Exception):
    """The API did not accept an order that should be good."""


async def run_real(case: Case, plan: Plan, folder: Path) -> Load:
    """Runs the case on a stack of its own, in `folder`.

    Raises:
        Refused, Stalled, StackError
    """
    settings = free_settings(folder, temporal_synchronous=plan.synchronous)
    async with Stack(settings, env={"RELAIS_PACE": f"{plan.pace:g}"}, auto_restart=False) as stack:
        bodies = await case.bodies(stack, plan.warm_up + plan.count)
        load = _Load(case, plan, stack)
        await load.offer(bodies[: plan.warm_up], "warming up")
        return await load.measured(bodies[plan.warm_up :])


class _Load:
    def __init__(self, case: Case, plan: Plan, stack: Stack) -> None:
        self._case = case
        self._plan = plan
        self._stack = stack
        self._databases = [stack.settings.state_dir / name for name in ("temporal.sqlite", "journal.sqlite")]
        self._journal = JournalLook(self._databases[1], case.kind)
        self._accepted: list[str] = []

    async def measured(self, bodies: Sequence[Body]) -> Load:
        pids = {name: pid for name in ALL if (pid := self._stack.pid(name)) is not None}
        self._accepted = []
        meter = Meter(pids, self._databases)
        await self.offer(bodies, self._case.name)
        drain_s = await self._messages_sent()
        used = meter.stop()
        ids = set(self._accepted)
        ended = await self._journal.load(ids)
        client = await Client.connect(self._stack.temporal_address, namespace=self._stack.namespace)
        runs = await executions(client, self._case.workflow_type, ids)
        return load_of(
            seconds=ended.last_ended - ended.first_accepted,
            latencies_s=ended.latencies_s,
            by_state=ended.by_state,
            used=used,
            drain_s=drain_s,
            histories=await measure(client, runs),
        )

    async def _messages_sent(self) -> float:
        """Waits until every customer has been told; the real seconds that it took."""
        since = time.monotonic()
        while await self._journal.owed_messages():
            if time.monotonic() - since > STALLED_S:
                raise Stalled(f"customers are still owed messages {STALLED_S:g} s after the last order")
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - since

    async def offer(self, bodies: Sequence[Body], name: str) -> None:
        before = await self._journal.ended()
        headers = {"Authorization": f"Bearer {self._stack.api_key}"}
        limits = httpx.Limits(max_connections=SENDERS, max_keepalive_connections=SENDERS)
        async with httpx.AsyncClient(
            base_url=self._stack.api_url, headers=headers, trust_env=False, timeout=TIMEOUT_S, limits=limits
        ) as http:

            async def submit(body: Body) -> None:
                answer = await http.post(self._case.path, json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
                if answer.status_code != httpx.codes.ACCEPTED:
                    raise Refused(f"{self._case.path} answered {answer.status_code}: {answer.text}")
                self._accepted.append(answer.json()["order_id"])

            async def ended() -> int:
                return await self._journal.ended() - before

            await offer(
                bodies,
                submit,
                ended,
                in_flight=self._plan.in_flight,
                progress=lambda done: self._plan.progress(name, done, len(bodies)),
            )
