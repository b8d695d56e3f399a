"""The one place where a party's trouble becomes Temporal's: a refusal is a result, an outage an exception that is
retried.

Types of the failures, as the workflow and the Web UI see them: `NotConnected` (nothing left us), `OutcomeUnknown` (it
may be done), `Unavailable`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.refusals import Refusal, RefusalCode, refusal
from parties.errors import NotConnected, OutcomeUnknown, PartyRefused, PartyUnavailable

NOT_CONNECTED = "NotConnected"
OUTCOME_UNKNOWN = "OutcomeUnknown"
UNAVAILABLE = "Unavailable"
LONGEST_RETRY_AFTER = timedelta(minutes=2)
"""A party that asks for more is asked again after this much, so that an order never sleeps on one header."""


@contextmanager
def outages_are_retried() -> Iterator[None]:
    """Within: outages become retryable failures with the party's own `Retry-After`; refusals pass through to the
    caller.
    """
    try:
        yield
    except NotConnected as error:
        raise ApplicationError(str(error), type=NOT_CONNECTED) from None
    except PartyUnavailable as error:
        raise ApplicationError(str(error), type=UNAVAILABLE, next_retry_delay=_delay(error.retry_after)) from None
    except OutcomeUnknown as error:
        raise ApplicationError(str(error), type=OUTCOME_UNKNOWN) from None


NO_LINE = frozenset({"number_inactive", "unknown_line", "line_ended"})
"""Codes of the home systems for a number that none of our lines has."""


def as_refusal(error: PartyRefused) -> Refusal:
    """A party's business refusal in our vocabulary, its raw code and text kept."""
    code = RefusalCode.NUMBER_INACTIVE if error.code in NO_LINE else RefusalCode.TECHNICAL
    return refusal(code, error.party, raw_code=error.raw or error.code, raw_text=error.message)


def _delay(seconds: float | None) -> timedelta | None:
    """What the party asked for; a local activity does not wait for it, it fails soon and goes on as a regular one."""
    if activity.in_activity() and activity.info().is_local:
        return None
    return None if seconds is None else min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER)
