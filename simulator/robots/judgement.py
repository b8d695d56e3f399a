"""Whether a donor must let a number go: number and RIO are compared, and nothing else.

What left by mistake is asked back without a RIO, by naming the dossier that moved it. The grounds are those that a
donor has in France: data incomplete or wrong, number inactive, another request pending (the clearing house sees to that
one). A line that ended stays portable, with its RIO, through the fortieth calendar day after its last one; at midnight
it ended with the day before.
"""

import re
from datetime import datetime, timedelta

from simulator.clearing_house.dossiers import Dossier
from simulator.clearing_house.local_time import ZONE
from simulator.clearing_house.vocabulary import Status
from simulator.world.subscriber import ENDED, Subscriber

PORTABLE_AFTER_END = timedelta(days=40)
_BEFORE = timedelta(microseconds=1)
_PORT_BACK = re.compile(r"PORTBACK ([-0-9A-Z]{5,26})")
RIO_MISMATCH = "13"
NOT_AT_DONOR = "20"
INACTIVE = "21"
NOTES = {
    RIO_MISMATCH: "RIO does not fit the number",
    NOT_AT_DONOR: "Number is not served by the donor",
    INACTIVE: "Number has been inactive for more than 40 days",
}
"""What the refusal says in words; block codes given from outside come without."""


def block_code(line: Subscriber | None, rio: str | None, now: datetime, *, taken_back: bool = False) -> str | None:
    """The block code of a lawful refusal, or None: the line must be let go. `now` is legal time; `taken_back`: the
    request names the erroneous port that brought the number, and a RIO is not needed.
    """
    if line is None:  # whoever ported the number in for the donor may have told its customer care nothing
        return None if taken_back else NOT_AT_DONOR
    if line.state == ENDED and line.ended_at is not None and _days_since(line.ended_at, now) > PORTABLE_AFTER_END:
        return INACTIVE
    if not taken_back and normalised(rio or "") != normalised(line.rio):
        return RIO_MISMATCH
    return None


def asked_back(note: str | None, rio: str | None) -> str | None:
    """The dossier that a request wants taken back: named in its note, in a request without a RIO."""
    named = _PORT_BACK.fullmatch(note or "")
    return named[1] if named and rio is None else None


def is_taken_back(back: Dossier | None, last_move: str | None, *, asker: str, donor: str) -> bool:
    """Whether a dossier is a port from `asker` to `donor` and the last thing that moved the number."""
    if back is None or back.dossierid != last_move or back.status is not Status.PERFORMED:
        return False
    return (back.donor, back.recipient) == (asker, donor)


def normalised(rio: str) -> str:
    """A RIO without spaces, in capitals; O and 0 are both letters of its alphabet and stay as they are."""
    return "".join(rio.split()).upper()


def _days_since(end: datetime, now: datetime) -> timedelta:
    return now.astimezone(ZONE).date() - (end - _BEFORE).astimezone(ZONE).date()
