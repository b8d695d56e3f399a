"""Reads the world's legal clock."""

import asyncio
import time
from datetime import UTC, datetime

import httpx
from pydantic import ValidationError

from domain.clock import LegalClock, real_time
from parties.errors import PartyFailed, PartyUnavailable
from parties.http import HttpParty
from parties.timeouts import Timeouts

CLOCK_TIMEOUTS = Timeouts(connect=1.0, read=2.0, write=1.0, pool=2.0, total=3.0)


class ClockReader:
    """The legal clock at `url`; '' means an installation without a world, where legal time is real time.

    Reads that overlap share one request.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, timeouts: Timeouts = CLOCK_TIMEOUTS) -> None:
        self._party = HttpParty(http, "clock", url, timeouts) if url else None
        self._reading: asyncio.Task[LegalClock] | None = None
        self._last: LegalClock | None = None
        self._last_at = 0.0

    async def read(self) -> LegalClock:
        """A fresh reading. `PartyUnavailable` when the clock does not answer: then nothing legal may fire."""
        if self._party is None:
            return real_time(datetime.now(UTC))
        if self._reading is None:
            self._reading = asyncio.create_task(self._fetch(self._party))
            self._reading.add_done_callback(self._finished)
        # Shielded: one caller that gives up must not take the reading away from the others.
        return await asyncio.shield(self._reading)

    async def recent(self, max_age: float = 1.0) -> LegalClock:
        """A reading at most `max_age` real seconds old, or the last one when the clock is away. For stamping only,
        never for deciding.
        """
        if self._party is None:
            return real_time(datetime.now(UTC))
        if self._last is not None and time.monotonic() - self._last_at <= max_age:
            return self._last
        try:
            return await self.read()
        except PartyUnavailable:
            if self._last is None:
                raise
            return self._last

    async def _fetch(self, party: HttpParty) -> LegalClock:
        body = await party.read("read", "")
        try:
            reading = LegalClock.model_validate(body)
        except ValidationError:
            raise PartyFailed("clock", "read", "answer is not a clock reading") from None
        self._last, self._last_at = reading, time.monotonic()
        return reading

    def _finished(self, task: asyncio.Task[LegalClock]) -> None:
        self._reading = None
        if not task.cancelled():
            task.exception()  # retrieved here, so that a reading nobody waits for any more leaves no warning
