"""Running activities with a named policy. Calls to parties go through `calls.py`; only the log, the inbox and the legal
clock, which are ours, use these functions themselves.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, TimeoutType
from temporalio.exceptions import TimeoutError as ActivityTimedOut
from temporalio.workflow import ActivityCancellationType, ActivityHandle

from workflows.order.policies import UNTIL_ANSWERED, Policy

Message = TypeVar("Message")
Answer = TypeVar("Answer")
Method = Callable[[Any, Message], Awaitable[Answer]]


class CallFailed(Exception):
    """A local activity did not get its answer within its policy. It is no failure in Temporal's sense: one that nobody
    catches blocks the workflow as the bug that it is, and does not end the order.
    """


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


async def run_locally(method: Method[Message, Answer], message: Message, policy: Policy) -> Answer:
    """Run a local activity: one history event.

    Raises:
        CallFailed: whatever the reason. The SDK raises the activity's own error here where a regular activity raises
            ActivityError.
    """
    try:
        return await workflow.execute_local_activity_method(
            method,
            message,
            start_to_close_timeout=policy.start_to_close,
            schedule_to_close_timeout=policy.schedule_to_close,
            retry_policy=policy.retry,
        )
    except FailureError as error:
        raise CallFailed(str(error)) from error


async def insist(
    method: Method[Message, Answer], message: Message, policy: Policy, *, name: str, summary: str
) -> Answer:
    """Run what an order cannot do without: locally, and where that fails as a regular activity, whose retries cost no
    history.
    """
    try:
        return await run_locally(method, message, policy)
    except CallFailed:
        return await start(method, message, UNTIL_ANSWERED, activity_id=name, summary=summary)


def may_still_run(error: ActivityError) -> bool:
    """Whether the server gave up on an attempt that a worker may still be at: an undo must not overtake it."""
    return isinstance(error.cause, ActivityTimedOut) and error.cause.type is not TimeoutType.SCHEDULE_TO_START


def cause_of(error: ActivityError | CallFailed) -> str:
    """The last failure's message, which by the parties' rules holds nothing personal."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause) or type(cause).__name__
