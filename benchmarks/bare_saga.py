"""The bare saga: the commands of a real order, and nothing behind them. What it takes is Temporal's own price."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeUpdate
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from benchmarks.shape import ANSWER_WITHIN_S, DAY_S, Step
    from workflows.order import policies, search_attributes

TASK_QUEUE = "bare-saga"
ANSWER_AFTER_S = 0.05
"""A robot's answer reaches a real order about this long after the request's reply."""


@workflow.defn(name="BareSaga")
class BareSaga:
    """Runs the steps it is given, with the timeouts and retries of a real order."""

    def __init__(self) -> None:
        self._asked = 0
        self._answers = 0
        self._count = 0
        self._watch: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, steps: list[str]) -> None:
        for step in steps:
            self._count += 1
            await self._take(Step(step))
        if self._watch:
            self._watch.cancel()

    @workflow.signal
    async def answer(self) -> None:
        self._answers += 1

    async def _take(self, step: Step) -> None:
        match step:
            case Step.ACTIVITY | Step.ASK:
                self._asked += step is Step.ASK
                await self._activity(step.value)
            case Step.LOCAL:
                await self._local()
            case Step.BOTH:
                await asyncio.gather(self._activity(Step.ACTIVITY.value), self._local())
            case Step.PAIR:
                await asyncio.gather(self._activity(Step.ACTIVITY.value), self._activity(Step.ACTIVITY.value, "beside"))
            case Step.WATCH:
                self._watch = asyncio.create_task(workflow.sleep(ANSWER_WITHIN_S, summary="the promise"))
            case Step.UPSERT:
                workflow.upsert_search_attributes(self._news())
            case Step.ANSWER:
                await workflow.wait_condition(
                    lambda: self._answers >= self._asked,
                    timeout=timedelta(seconds=ANSWER_WITHIN_S),
                    timeout_summary="answer due",
                )
            case Step.TIMER:
                await workflow.sleep(DAY_S, summary="the day")

    async def _activity(self, name: str, where: str = "") -> None:
        policy = policies.PARTY_WRITE
        await workflow.execute_activity(
            name,
            activity_id=f"{name}-{self._count}{where}",
            summary=f"party: {name}",
            start_to_close_timeout=policy.start_to_close,
            schedule_to_close_timeout=policy.schedule_to_close,
            heartbeat_timeout=policy.heartbeat,
            retry_policy=policy.retry,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    async def _local(self) -> None:
        policy = policies.JOURNAL
        await workflow.execute_local_activity(
            "nothing_local", start_to_close_timeout=policy.start_to_close, retry_policy=policy.retry
        )

    def _news(self) -> list[SearchAttributeUpdate[Any]]:
        """The four attributes that most of a real order's upserts change."""
        return [
            search_attributes.ORDER_STATE.value_set("pending"),
            search_attributes.STAGE.value_set(f"stage-{self._count}"),
            search_attributes.WAITING_FOR.value_set("somebody"),
            search_attributes.DUE.value_set(datetime(2026, 1, 1, tzinfo=UTC)),
        ]


class Nothing:
    """Activities that do nothing; the one that asks is answered by a signal, as the inbox of a worker does it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: set[asyncio.Task[None]] = set()

    @activity.defn(name="activity")
    async def act(self) -> None:
        """Nothing."""

    @activity.defn(name="nothing_local")
    async def act_locally(self) -> None:
        """Nothing."""

    @activity.defn(name="ask")
    async def ask(self) -> None:
        """Nothing, but soon there is an answer."""
        task = asyncio.create_task(self._answer(activity.info().workflow_id or ""))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, workflow_id: str) -> None:
        await asyncio.sleep(ANSWER_AFTER_S)
        await self._client.get_workflow_handle(workflow_id).signal(BareSaga.answer)
