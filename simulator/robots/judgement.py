"""Whether a donor must let a number go: number and RIO are compared, and nothing else.

The grounds are those that a donor has in France: data incomplete or wrong, number inactive, another request pending
(the clearing house sees to that one). A line that ended stays portable, with its RIO, through the fortieth calendar
day after its last one; at midnight it ended with the day before.
"""

from datetime import datetime, timedelta

from simulator.clearing_house.local_time import ZONE
from simulator.world.subscriber import ENDED, Subscriber

PORTABLE_AFTER_END = timedelta(days=40)
_BEFORE = timedelta(microseconds=1)
RIO_MISMATCH = "13"
NOT_AT_DONOR = "20"
INACTIVE = "21"
NOTES = {
    RIO_MISMATCH: "RIO does not fit the number",
    NOT_AT_DONOR: "Number is not served by the donor",
    INACTIVE: "Number has been inactive for more than 40 days",
}
"""What the refusal says in words; block codes given from outside come without."""


def block_code(line: Subscriber | None, rio: str | None, now: datetime) -> str | None:
    """The block code of a lawful refusal, or None: the line must be let go. `now` is legal time."""
    if line is None:
        return NOT_AT_DONOR
    if line.state == ENDED and line.ended_at is not None and _days_since(line.ended_at, now) > PORTABLE_AFTER_END:
        return INACTIVE
    if normalised(rio or "") != normalised(line.rio):
        return RIO_MISMATCH
    return None


def normalised(rio: str) -> str:
    """A RIO without spaces, in capitals; O and 0 are both letters of its alphabet and stay as they are."""
    return "".join(rio.split()).upper()


def _days_since(end: datetime, now: datetime) -> timedelta:
    return now.astimezone(ZONE).date() - (end - _BEFORE).astimezone(ZONE).date()
