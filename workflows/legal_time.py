"""Waiting for legal instants: the only place where a workflow sleeps on the calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from activities.clock import ClockActivities, LookAtClock
from domain.clock import LegalClock
from domain.orders import JournalEntry
from workflows import policies
from workflows.calls import call_locally

SLIVER = timedelta(milliseconds=1)
"""Least sleep when a clock reading says "not yet": rounding must not spin."""


class LegalTime:
    """The workflow's last reading of the legal clock and the waits that go by it."""

    def __init__(self, clock: LegalClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        """Legal now as of the last reading; for stamps and sentences, not for letting something legal happen."""
        return self.clock.legal_at(workflow.now())

    async def read(self, *, due: datetime | None = None, entry: JournalEntry | None = None) -> datetime:
        """A fresh reading; `entry` is journalled with it if `due` has come. Waits as long as the clock is out of
        reach.
        """
        self.clock = await call_locally(ClockActivities.look, LookAtClock(due=due, entry=entry), policies.CLOCK)
        return self.now()

    async def until(
        self,
        instant: datetime,
        *,
        unless: Callable[[], bool],
        summary: str,
        for_an_answer: bool = False,
        compose: Callable[[], JournalEntry] | None = None,
    ) -> JournalEntry | bool:
        """Sleep until a legal instant: true when it has come, False when `unless` came first.

        A deadline for somebody's answer or act (`for_an_answer`) leaves at least the grace of `domain.clock`. A timer
        that wakes early, because the world stood still meanwhile, looks at the clock and sleeps again. What `compose`
        makes is journalled when the instant has come, and returned.
        """
        since = workflow.now()
        while not unless():
            wake = (
                self.clock.real_deadline(instant, waiting_since=since) if for_an_answer else self.clock.real_at(instant)
            )
            pause = wake - workflow.now()
            if pause > timedelta(0) and await _unless_within(unless, pause, summary):
                return False
            entry = compose() if compose else None
            await self.read(due=instant, entry=entry)
            if self.now() >= instant and (not for_an_answer or workflow.now() >= self._grace_end(instant, since)):
                return entry or True
            await workflow.sleep(SLIVER)
        return False

    def _grace_end(self, instant: datetime, since: datetime) -> datetime:
        return self.clock.real_deadline(instant, waiting_since=since)


async def _unless_within(unless: Callable[[], bool], pause: timedelta, summary: str) -> bool:
    try:
        await workflow.wait_condition(unless, timeout=pause, timeout_summary=summary)
    except TimeoutError:
        return False
    return True
