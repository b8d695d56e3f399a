"""The schedule that looks for numbers whose quarantine is over. The journal carries the quarantine: a round that is
late or skipped only makes a number free later.
"""

from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from domain.clock import LegalClock
from parties.clock import ClockReader
from parties.errors import PartyError
from workflows.order.search_attributes import DONOR, ORDER_KIND, RECIPIENT
from workflows.quarantine import QuarantineRound, QuarantineRoundInput

BETWEEN_ROUNDS = timedelta(hours=1)
"""Legal time."""

SHORTEST = timedelta(seconds=10)
"""Real time between rounds, however fast the world is."""

CATCH_UP = timedelta(minutes=1)
"""Real time: a round that was missed for longer is skipped: the next one finds all that is due."""

ROUND = "quarantine_round"
"""What the list shows as the kind: no order, but beside them."""

RETRY_FIRST, RETRY_LONGEST = 0.5, 60.0

log = structlog.get_logger(__name__)


class QuarantineSchedule:
    """The one schedule of this home operator, in Temporal."""

    def __init__(self, temporal: Client, clock: ClockReader, home: str, task_queue: str) -> None:
        self._temporal = temporal
        self._clock = clock
        self._home = home
        self._task_queue = task_queue

    @property
    def schedule_id(self) -> str:
        return f"quarantine-{self._home}"

    async def run(self) -> None:
        """Until the schedule is there, as it is wanted: Temporal or the legal clock may be away now."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((PartyError, RPCError)),
            wait=wait_exponential(multiplier=RETRY_FIRST, max=RETRY_LONGEST),
            before_sleep=_warn,
        ):
            with attempt:
                await self.establish()

    async def establish(self) -> None:
        """Makes the schedule, or changes the one that is there; one that somebody has paused stays paused.

        Raises:
            PartyUnavailable: the legal clock is away: the world's pace is not known.
            RPCError: Temporal does not take it.
        """
        wanted = self._wanted(between_rounds(await self._clock.read()))
        try:
            await self._temporal.create_schedule(self.schedule_id, wanted)
        except ScheduleAlreadyRunningError:

            def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
                wanted.state = found.description.schedule.state
                return ScheduleUpdate(schedule=wanted)

            await self._temporal.get_schedule_handle(self.schedule_id).update(changed)

    def _wanted(self, every: timedelta) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                QuarantineRound.run,
                QuarantineRoundInput(home=self._home),
                id=self.schedule_id,  # Temporal adds the round's instant
                task_queue=self._task_queue,
                static_summary="Numbers whose quarantine is over",
                typed_search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(ORDER_KIND, ROUND),
                        SearchAttributePair(DONOR, self._home),
                        SearchAttributePair(RECIPIENT, self._home),
                    ]
                ),
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
        )


def between_rounds(clock: LegalClock) -> timedelta:
    """Real time between rounds in a world of this clock's pace."""
    return max(BETWEEN_ROUNDS / clock.pace, SHORTEST)


def _warn(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    log.warning("quarantine_not_scheduled", error=type(error).__name__, tries=attempt.attempt_number)
