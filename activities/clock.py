"""The legal clock, read from its one keeper."""

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.recorder import Recorder
from domain.clock import LegalClock
from domain.model import Instant, Model
from domain.orders import JournalEntry
from parties.clock import ClockReader


class LookAtClock(Model):
    """`entry` is journalled with the reading if that shows that legal time has reached `due`; the caller judges by
    the same reading.
    """

    due: Instant | None = None
    entry: JournalEntry | None = None


class ClockActivities:
    """Readings of legal time."""

    def __init__(self, clock: ClockReader, recorder: Recorder) -> None:
        self._clock = clock
        self._recorder = recorder

    @activity.defn(name="clock_look")
    async def look(self, request: LookAtClock) -> LegalClock:
        """A fresh reading; fails, to be retried, while the clock is out of reach: then nothing legal may fire."""
        with outages_are_retried():
            clock = await self._clock.read()
        if request.due is not None and clock.legal >= request.due:
            await self._recorder.record(request.entry)
        return clock
