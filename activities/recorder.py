"""Journal entries, stamped and written off the event loop."""

import asyncio
from datetime import UTC, datetime

from domain.orders import JournalEntry
from journal import Journal
from parties.clock import ClockReader


class Recorder:
    """Writes an order's transitions. Stamps are legal time from a recent reading and real time; a repetition changes
    nothing.
    """

    def __init__(self, journal: Journal, clock: ClockReader) -> None:
        self._journal = journal
        self._clock = clock
        self.owes_messages = asyncio.Event()  # set with each entry that tells the customer something

    async def record(self, entry: JournalEntry | None, *, due: datetime | None = None) -> None:
        """Write the entry, if there is one. `due` (legal time): when the order is due, found out by the step that
        carries the entry.
        """
        if entry is None:
            return
        if due is not None:
            entry = entry.due_at(due)
        legal, real = await self.stamps()
        await asyncio.to_thread(self._journal.orders.record, entry, at_legal=legal, at_real=real)
        if entry.messages:
            self.owes_messages.set()

    async def stamps(self) -> tuple[datetime, datetime]:
        """Now, in legal and in real time, for what is written."""
        real = datetime.now(UTC)
        return (await self._clock.recent()).legal_at(real), real
