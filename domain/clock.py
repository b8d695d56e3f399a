"""Legal and real time, and the one place where one becomes the other.

*Legal time* is for the calendar: deadlines of days, the chosen date, the cut-over slot. *Real time* is for technical
durations: timeouts, retries, the window without service. A world's legal time is an affine function of real time; at
pace 1 the two are the same.
"""

from datetime import datetime, timedelta

from pydantic import Field

from domain.model import Instant, Model

GRACE_FOR_ANSWERS = timedelta(seconds=60)
"""At a pace above 1, a deadline for somebody's answer or act never fires before this much real waiting."""


class LegalClock(Model):
    """One reading of the world's legal clock: at real instant `real` it was `legal`, and legal time runs `pace` times
    as fast.
    """

    legal: Instant
    real: Instant
    pace: float = Field(default=1.0, gt=0)
    world: str = ""

    def legal_at(self, real: datetime) -> datetime:
        """The legal instant (UTC) at a real one, as far as this reading tells."""
        return self.legal + (real - self.real) * self.pace

    def real_at(self, legal: datetime) -> datetime:
        """The real instant (UTC) to which a timer for a legal one sleeps."""
        return self.real + (legal - self.legal) / self.pace

    def real_deadline(self, legal: datetime, *, waiting_since: datetime) -> datetime:
        """The real instant at which a deadline for somebody's *answer or act* fires; `waiting_since` is real time."""
        due = self.real_at(legal)
        return due if self.pace <= 1 else max(due, waiting_since + GRACE_FOR_ANSWERS)


def real_time(now: datetime) -> LegalClock:
    """The clock of an installation without a simulated world: legal time is real time."""
    return LegalClock(legal=now, real=now)
