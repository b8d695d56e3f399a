"""Calling activities with a named policy: one message in, one out, an id and a summary for the Web UI."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, TimeoutType
from temporalio.exceptions import TimeoutError as ActivityTimedOut
from temporalio.workflow import ActivityCancellationType, ActivityHandle

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


class LocalCallFailed(Exception):
    """A local activity did not get its answer within its policy. Not a failure in Temporal's sense: one that nobody
    catches blocks the workflow as the bug that it is, and does not end the order.
    """


async def call_locally(method: Method[Message, Answer], message: Message, policy: Policy) -> Answer:
    """Run a local activity: one history event, for the journal, plans and reads.

    Raises:
        LocalCallFailed: whatever the reason. The SDK raises the activity's own error here where a regular activity
            raises ActivityError.
    """
    try:
        return await _locally(method, message, policy)
    except FailureError as error:
        raise LocalCallFailed(str(error)) from error


async def _locally(method: Method[Message, Answer], message: Message, policy: Policy) -> Answer:
    return await workflow.execute_local_activity_method(
        method,
        message,
        start_to_close_timeout=policy.start_to_close,
        schedule_to_close_timeout=policy.schedule_to_close,
        retry_policy=policy.retry,
    )


def may_still_run(error: ActivityError) -> bool:
    """Whether the server gave up on an attempt that a worker may still be at: an undo must not overtake it."""
    return isinstance(error.cause, ActivityTimedOut) and error.cause.type is not TimeoutType.SCHEDULE_TO_START


def cause_of(error: ActivityError | LocalCallFailed) -> str:
    """The last failure's message, which by the parties' rules holds nothing personal."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause) or type(cause).__name__
