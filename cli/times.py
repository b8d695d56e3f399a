"""Instants as people read them: legal time, local, with the zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cli.views import Clock

REAL_TIME = 1.0


class Times:
    """Shows instants in the zone of one legal clock."""

    def __init__(self, clock: Clock) -> None:
        self._zone = ZoneInfo(clock.zone)
        self._clock = clock

    def show(self, instant: datetime) -> str:
        """`Fri 27 Nov 2026 14:00:05 CET`."""
        return instant.astimezone(self._zone).strftime("%a %d %b %Y %H:%M:%S %Z")

    @property
    def remark(self) -> str:
        """What to know about the times shown; empty where legal time is real time."""
        if self._clock.pace == REAL_TIME:
            return ""
        return f"Times are legal time, which runs {self._clock.pace:g} times as fast as real time."
