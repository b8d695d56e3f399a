"""The legal clock, read from its one keeper."""

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.parties_called import calls_parties
from domain.clock import LegalClock
from domain.model import Model
from parties.clock import ClockReader


class LookAtClock(Model):
    pass


class ClockActivities:
    """Readings of legal time."""

    def __init__(self, clock: ClockReader) -> None:
        self._clock = clock

    @activity.defn(name="clock_look")
    @calls_parties()
    async def look(self, request: LookAtClock) -> LegalClock:  # noqa: ARG002
        """A fresh reading; fails, to be retried, while the clock is out of reach: then nothing legal may fire."""
        with outages_are_retried():
            return await self._clock.read()
