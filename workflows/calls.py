"""Calling activities with a named policy: one message in, one out, an id and a summary for the Web UI."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityCancellationType, ActivityHandle

from workflows import policies
from workflows.policies import Policy

Message = TypeVar("Message")
Answer = TypeVar("Answer")
Method = Callable[[Any, Message], Awaitable[Answer]]


def start(
    method: Method[Message, Answer], message: Message, policy: Policy, *, activity_id: str, summary: str
) -> ActivityHandle[Answer]:
    """Start a regular activity. Cancelling it waits until it has really ended, so that an undo never runs ahead of
    the effect.
    """
    return workflow.start_activity_method(
        method,
        message,
        activity_id=activity_id,
        summary=summary,
        start_to_close_timeout=policy.start_to_close,
        schedule_to_close_timeout=policy.schedule_to_close,
        heartbeat_timeout=policy.heartbeat,
        retry_policy=policy.retry,
        cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )


async def call_locally(method: Method[Message, Answer], message: Message, policy: Policy) -> Answer:
    """Run a local activity: one history event, for the journal, plans and reads."""
    return await workflow.execute_local_activity_method(
        method,
        message,
        start_to_close_timeout=policy.start_to_close,
        schedule_to_close_timeout=policy.schedule_to_close,
        retry_policy=policy.retry,
    )


async def read(method: Method[Message, Answer], message: Message, *, activity_id: str, summary: str) -> Answer:
    """Read or plan: quickly as a local activity and, where the party makes us wait, as a regular one with patience.

    Raises:
        ActivityError: the party stayed away for as long as our patience lasts.
    """
    try:
        return await call_locally(method, message, policies.QUICK_READ)
    except ActivityError:
        return await start(method, message, policies.PARTY_READ, activity_id=activity_id, summary=summary)
