"""The journal and the legal clock, as every order's fake activities speak to them."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.clock import LookAtClock
from activities.journal import LINE_BUSY, BeginMove, Decided, InboxPage, Kept, MoveStarted, ReadInbox, TakeLine
from domain.clock import LegalClock
from domain.lines import LineTaken
from domain.orders import JournalEntry
from tests.support.fake_world import FakeWorld
from tests.support.sim_world import SimWorld


class FakeKeeping:
    """What is written down, and what time it is."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    @activity.defn(name="journal_record")
    async def record(self, entry: JournalEntry) -> None:
        await self._world.act("journal_record", entry, lambda: self._world.recorder.record(entry))

    @activity.defn(name="journal_keep_decision")
    async def keep_decision(self, decided: Decided) -> Kept:
        return Kept()

    @activity.defn(name="clock_look")
    async def look(self, request: LookAtClock) -> LegalClock:
        return await self._world.act("clock_look", request, self._world.clock.read)

    @activity.defn(name="journal_read_inbox")
    async def read_inbox(self, request: ReadInbox) -> InboxPage:
        async def do() -> InboxPage:
            return InboxPage(deliveries=[each for each in self._world.inbox if each.n > request.after])

        return await self._world.act("journal_read_inbox", request, do)


class FakeHolds:
    """Who has the line: the order under test, unless the world says who else."""

    def __init__(self, world: SimWorld) -> None:
        self._world = world

    @activity.defn(name="journal_take_line")
    async def take_line(self, request: TakeLine) -> LineTaken:
        async def do() -> LineTaken:
            taken = self._world.held_by or LineTaken(taken=True)
            if request.patient and not taken.taken:
                delay = None if activity.info().is_local else self._world.retry_after
                raise ApplicationError(f"{taken.by} cannot be stopped", type=LINE_BUSY, next_retry_delay=delay)
            return taken

        return await self._world.act("journal_take_line", request, do)

    @activity.defn(name="journal_begin_move")
    async def begin_move(self, request: BeginMove) -> MoveStarted:
        async def do() -> MoveStarted:
            facts = self._world.recorder.facts
            if self._world.held_by is not None or facts != request.seen:
                return MoveStarted(facts=facts)
            await self._world.recorder.record(request.entry)
            return MoveStarted(recorded=True, facts=facts)

        return await self._world.act("journal_begin_move", request, do)
