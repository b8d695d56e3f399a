"""The journal and the legal clock, as every order's fake activities speak to them."""

from temporalio import activity

from activities.clock import LookAtClock
from domain.clock import LegalClock
from domain.orders import JournalEntry
from tests.support.fake_world import FakeWorld


class FakeKeeping:
    """What is written down, and what time it is."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    @activity.defn(name="journal_record")
    async def record(self, entry: JournalEntry) -> None:
        await self._world.act("journal_record", entry, lambda: self._world.recorder.record(entry))

    @activity.defn(name="clock_look")
    async def look(self, request: LookAtClock) -> LegalClock:
        async def do() -> LegalClock:
            clock = await self._world.clock.read()
            if request.due is not None and clock.legal >= request.due:
                await self._world.recorder.record(request.entry)
            return clock

        return await self._world.act("clock_look", request, do)
