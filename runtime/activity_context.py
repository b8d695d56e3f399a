"""What surrounds every activity: its order in the log lines, and a heartbeat while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class ActivityContextInterceptor(Interceptor):
    """Binds order, activity and attempt to structlog's context, and heartbeats for activities that have a heartbeat
    timeout.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _ActivityContext(next)


class _ActivityContext(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        with structlog.contextvars.bound_contextvars(
            order_id=info.workflow_id, activity=info.activity_type, attempt=info.attempt
        ):
            async with _beating():
                return await super().execute_activity(input)


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Heartbeats show Temporal that this worker lives and bring a cancel to the activity. Short activities end before
    the first one.
    """
    timeout = activity.info().heartbeat_timeout
    if not timeout or activity.info().is_local:
        yield
        return
    task = asyncio.create_task(_beat(timeout.total_seconds() / 3))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _beat(pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        activity.heartbeat()
