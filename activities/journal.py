"""The journal as an activity; run locally, since it is ours."""

import asyncio

from pydantic import Field
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.parties_called import JOURNAL, calls_parties
from activities.recorder import Recorder
from domain.deliveries import Delivery
from domain.lines import LineFacts, LineTaken
from domain.model import Model
from domain.orders import JournalEntry, StepRequest, StepResult
from domain.party import Party
from journal import Journal

DELIVERIES_OF_A_PAGE = 50
NOT_SENT_YET = "NotSentYet"
LINE_BUSY = "LineBusy"
A_WAIT = ApplicationErrorCategory.BENIGN
"""Of a failure that only asks for another try: no warning with a traceback in the log."""


class LookAtLine(Model):
    order_id: str


class SentMessages(Model):
    """Messages of the order whose kind is `kind`, on whatever channel."""

    order_id: str
    kind: str


class AllSent(Model):
    pass


class ReadInbox(Model):
    """Deliveries of the order with a number greater than `after`."""

    order_id: str
    after: int = 0


class InboxPage(Model):
    """Deliveries in the order in which they came. `more`: there are others behind them."""

    deliveries: list[Delivery] = Field(default_factory=list)
    more: bool = False


class Decided(Model):
    """What is decided, for the order's page."""

    what: str


class Kept(Model):
    pass


class TakeLine(Model):
    """`patient`: fails, to be retried, while an order that cannot be stopped any more has the line."""

    order_id: str
    patient: bool = True


class MoveStarted(StepResult):
    """`facts`: what is known about the line now."""

    facts: LineFacts


class BeginMove(StepRequest):
    """`seen`: what was known about the line at the last look."""

    seen: LineFacts


class JournalActivities:
    """Writes what the workflow tells, and reads what it needs to know."""

    def __init__(self, recorder: Recorder, journal: Journal) -> None:
        self._recorder = recorder
        self._journal = journal

    @activity.defn(name="journal_record")
    @calls_parties(own=JOURNAL)
    async def record(self, entry: JournalEntry) -> None:
        """Append the entry's events, update the order's status, queue its messages, let go of the line; once per
        entry key.
        """
        await self._recorder.record(entry)

    @activity.defn(name="journal_keep_decision")
    @calls_parties(own=JOURNAL)
    async def keep_decision(self, decided: Decided) -> Kept:  # noqa: ARG002
        """Nothing: that it was asked for is in Temporal's history, with all that has led to it."""
        return Kept()

    @activity.defn(name="journal_look_at_line")
    @calls_parties(own=JOURNAL)
    async def look_at_line(self, request: LookAtLine) -> LineFacts:
        """What the journal knows about the order's line now."""
        return await asyncio.to_thread(self._journal.lines.facts_of, request.order_id)

    @activity.defn(name="journal_read_inbox")
    @calls_parties(own=JOURNAL)
    async def read_inbox(self, request: ReadInbox) -> InboxPage:
        """What has come for the order since the delivery `after`."""
        deliveries = await asyncio.to_thread(
            self._journal.inbox.unread, request.order_id, request.after, DELIVERIES_OF_A_PAGE
        )
        return InboxPage(deliveries=deliveries, more=len(deliveries) == DELIVERIES_OF_A_PAGE)

    @activity.defn(name="journal_await_sent")
    @calls_parties(Party.NOTIFICATIONS)
    async def await_sent(self, request: SentMessages) -> AllSent:
        """Once the notifications party has the order's messages of this kind; until then it fails, to be retried."""
        if await asyncio.to_thread(self._journal.outbox.count_unsent, request.order_id, request.kind):
            raise ApplicationError(
                "the notifications party does not have the message yet", type=NOT_SENT_YET, category=A_WAIT
            )
        return AllSent()

    @activity.defn(name="journal_take_line")
    @calls_parties(own=JOURNAL)
    async def take_line(self, request: TakeLine) -> LineTaken:
        """Takes the line for the order, until it releases it. An order that had preempted it, or that can still be
        stopped, is told to end.
        """
        legal, real = await self._recorder.stamps()
        taken = await asyncio.to_thread(self._journal.lines.take, request.order_id, at_legal=legal, at_real=real)
        if request.patient and not taken.taken:
            raise ApplicationError(f"the {taken.kind} order {taken.by} cannot be stopped any more", type=LINE_BUSY)
        return taken

    @activity.defn(name="journal_begin_move")
    @calls_parties(own=JOURNAL)
    async def begin_move(self, request: BeginMove) -> MoveStarted:
        """Writes the entry that begins the move, unless the line is not the order's any more or something about it has
        changed.
        """
        assert request.entry is not None
        legal, real = await self._recorder.stamps()
        move = await asyncio.to_thread(
            self._journal.lines.begin_move, request.entry, request.seen, at_legal=legal, at_real=real
        )
        return MoveStarted(recorded=move.begun, facts=move.facts)
