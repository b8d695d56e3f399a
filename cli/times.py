"""Instants as people read them: legal time, local, with the zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cli.views import HOME_ZONE, ClockAnswer

REAL_TIME = 1.0


class Times:
    """Shows instants in the zone of one legal clock; without one, of a clock that is away, in our own zone."""

    def __init__(self, clock: ClockAnswer | None) -> None:
        self._zone = ZoneInfo(HOME_ZONE if clock is None else clock.zone)
        self._clock = clock

    def show(self, instant: datetime) -> str:
        """`Fri 27 Nov 2026 14:00:05 CET`."""
        return instant.astimezone(self._zone).strftime("%a %d %b %Y %H:%M:%S %Z")

    @property
    def note(self) -> str:
        """What to know about the times shown; empty where legal time is real time."""
        if self._clock is None:
            return "Times are legal time; what time it is now is not known: the legal clock is away."
        if self._clock.pace == REAL_TIME:
            return ""
        return f"Times are legal time, which runs {self._clock.pace:g} times as fast as real time."
