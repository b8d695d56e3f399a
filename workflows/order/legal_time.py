"""Waiting for legal instants: the only place where a workflow sleeps on the calendar."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.clock import ClockActivities, LookAtClock
from domain.clock import LegalClock
from workflows.order import policies
from workflows.order.run_activity import CallFailed, run_locally, start


class LegalTime:
    """The workflow's last reading of the legal clock, and the waits that go by it."""

    def __init__(self, clock: LegalClock, read_inbox: Callable[[], Awaitable[None]]) -> None:
        """`read_inbox` is called before an instant counts as come: the signal that something has come for the order may
        have been lost.
        """
        self.clock = clock
        self._read_inbox = read_inbox
        self._insisted = 0

    def now(self) -> datetime:
        """Legal now as of the last reading. For stamps and sentences, not for letting something legal happen."""
        return self.clock.legal_at(workflow.now())

    def real_now(self) -> datetime:
        """Real now: the instant from which an act could be done, for `is_over`."""
        return workflow.now()

    async def read(self) -> datetime:
        """A fresh reading for somebody who waits for an answer now.

        Raises:
            CallFailed: the clock is out of reach.
        """
        self.clock = await run_locally(ClockActivities.look, LookAtClock(), policies.CLOCK)
        return self.clock.legal

    async def until(
        self, instant: datetime, *, unless: Callable[[], bool], summary: str, for_an_answer: bool = False
    ) -> bool:
        """Sleep until a legal instant: True when it has come, False when `unless` came first.

        A deadline for somebody's answer or act (`for_an_answer`) leaves at least the grace of `domain.clock`. A timer
        that wakes early, because the world stood still meanwhile, looks at the clock and sleeps again. While the clock
        is out of reach the instant does not come.
        """
        since = workflow.now()
        while not unless():
            wake = self._deadline(instant, since) if for_an_answer else self.clock.real_at(instant)
            pause = wake - workflow.now() + policies.ROUNDING
            if pause > policies.ROUNDING and await _unless_within(unless, pause, summary):
                break
            await self._read_inbox()
            if unless():
                break
            await self._look(unless)
            if unless():
                break
            if self.clock.legal >= instant and (not for_an_answer or workflow.now() >= self._deadline(instant, since)):
                return True
            await workflow.sleep(policies.ROUNDING)
        return False

    def is_over(self, instant: datetime, *, since: datetime) -> bool:
        """Whether a deadline for an act that could be done from the real instant `since` on has passed, as of the
        last reading.
        """
        return workflow.now() >= self._deadline(instant, since)

    async def _look(self, unless: Callable[[], bool]) -> None:
        """A fresh reading, waited for as long as the clock is out of reach; its retries cost no history."""
        message = LookAtClock()
        try:
            self.clock = await run_locally(ClockActivities.look, message, policies.CLOCK)
            return
        except CallFailed:
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
