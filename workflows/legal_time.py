"""Waiting for legal instants: the only place where a workflow sleeps on the calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.clock import ClockActivities, LookAtClock
from domain.clock import LegalClock
from domain.orders import JournalEntry
from workflows import policies
from workflows.calls import LocalCallFailed, call_locally, start

SLIVER = timedelta(milliseconds=1)
"""Slept beyond the instant, and again when a reading still says "not yet": rounding must neither spin nor cost a
second look.
"""


class LegalTime:
    """The workflow's last reading of the legal clock and the waits that go by it."""

    def __init__(self, clock: LegalClock) -> None:
        self.clock = clock
        self._insisted = 0

    def now(self) -> datetime:
        """Legal now as of the last reading; for stamps and sentences, not for letting something legal happen."""
        return self.clock.legal_at(workflow.now())

    async def glance(self) -> datetime:
        """A fresh reading for somebody who waits for an answer now.

        Raises:
            LocalCallFailed: the clock is out of reach.
        """
        self.clock = await call_locally(ClockActivities.look, LookAtClock(), policies.CLOCK)
        return self.clock.legal

    async def until(
        self,
        instant: datetime,
        *,
        unless: Callable[[], bool],
        summary: str,
        for_an_answer: bool = False,
        compose: Callable[[], JournalEntry | None] | None = None,
    ) -> JournalEntry | bool:
        """Sleep until a legal instant: true when it has come, False when `unless` came first.

        A deadline for somebody's answer or act (`for_an_answer`) leaves at least the grace of `domain.clock`. A timer
        that wakes early, because the world stood still meanwhile, looks at the clock and sleeps again; while the clock
        is out of reach the instant does not come. What `compose` makes is journalled with the reading that shows that
        the instant has come, and returned.
        """
        since = workflow.now()
        entry: JournalEntry | None = None
        while not unless():
            wake = self._deadline(instant, since) if for_an_answer else self.clock.real_at(instant)
            pause = wake - workflow.now() + SLIVER
            if pause > SLIVER and await _unless_within(unless, pause, summary):
                break
            entry = entry or (compose() if compose else None)
            await self._look(LookAtClock(due=instant, entry=entry), unless)
            if unless():
                break
            # The reading itself must show it, as for the activity that journals `entry`: both decide alike.
            if self.clock.legal >= instant and (not for_an_answer or workflow.now() >= self._deadline(instant, since)):
                return entry or True
            await workflow.sleep(SLIVER)
        return False

    def is_over(self, instant: datetime, *, since: datetime) -> bool:
        """Whether a deadline for an act that could be done from the real instant `since` on has passed, as of the
        last reading.
        """
        return workflow.now() >= self._deadline(instant, since)

    async def _look(self, message: LookAtClock, unless: Callable[[], bool]) -> None:
        """A fresh reading, waited for as long as the clock is out of reach; its retries cost no history."""
        try:
            self.clock = await call_locally(ClockActivities.look, message, policies.CLOCK)
            return
        except LocalCallFailed:
            self._insisted += 1
        handle = start(
            ClockActivities.look,
            message,
            policies.UNTIL_ANSWERED,
            activity_id=f"legal-clock-{self._insisted}",
            summary="the legal clock is out of reach: nothing legal happens",
        )
        await workflow.wait_condition(lambda: handle.done() or unless())
        if not handle.done():
            handle.cancel()
        try:
            self.clock = await handle
        except ActivityError:
            if not unless():
                raise

    def _deadline(self, instant: datetime, since: datetime) -> datetime:
        return self.clock.real_deadline(instant, waiting_since=since)


async def _unless_within(unless: Callable[[], bool], pause: timedelta, summary: str) -> bool:
    try:
        await workflow.wait_condition(unless, timeout=pause, timeout_summary=summary)
    except TimeoutError:
        return False
    return True
