"""Legal time for deciding: fresh, or a 503."""

from datetime import UTC, datetime

from api.context import LegalClockReader
from api.http.problems import unavailable
from domain.clock import LegalClock
from parties.errors import PartyError


async def legal_clock(clock: LegalClockReader) -> LegalClock:
    """A reading of the legal clock; the `Problem` `clock_unavailable` when there is none."""
    try:
        return await clock.read()
    except PartyError:
        raise unavailable("clock_unavailable", "the legal clock cannot be reached; try again shortly") from None


async def legal_now(clock: LegalClockReader) -> datetime:
    """The legal instant that it is now, UTC."""
    return now_by(await legal_clock(clock))


def now_by(reading: LegalClock) -> datetime:
    """The legal instant that it is now by a fresh reading. Never before the reading itself: its real instant is the
    clock's, and this machine's may lag behind.
    """
    return max(reading.legal, reading.legal_at(datetime.now(UTC)))
