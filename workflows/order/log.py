"""The order's log: each transition is one durable entry in the journal, and the Web UI's list and page show the same.

An entry is written in one of two ways. A transition stands alone (`record`), or a step carries it (`entry_of`, `adopt`)
and its activity records it together with its own work; `calls.py` does that. A note adds an item to the timeline and
changes nothing else.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.journal import Decided, JournalActivities
from domain.orders import JournalEntry, OrderState, OrderStatus
from domain.timeline import TimelineCode, TimelineEvent
from workflows.order import policies
from workflows.order.page import LOG_LINES, Page, markdown
from workflows.order.run_activity import insist, start
from workflows.order.search_attributes import listed
from workflows.order.transition import Transition

LATE = "Later than promised. Nothing to send, the order goes on by itself; tell the customer."


class OrderLog:
    """One order's status, and the entries that made it.

    The journal can be ahead of the workflow: when a worker dies before its step is reported, Temporal has the step done
    again, and what has come in meanwhile can lead it elsewhere. So sequence numbers grow with time, and keys hash the
    content: an entry that is written again is there already, and another one in its place is newer.
    """

    def __init__(self, order_id: str, status: OrderStatus, page: Page, *, seq: int = 0) -> None:
        """`seq`: of the last entry of an earlier run of the same order."""
        self.order_id = order_id
        self.status = status
        self._page = page
        self._seq = seq  # of the last entry that was made
        self._newest = seq  # of the newest entry that `status` is from
        self._earlier = seq
        self._made = 0
        self._decisions = 0
        self._keys: Counter[str] = Counter()
        self._lines: list[str] = []
        self._shown: dict[str, Any] = {name: update.value for name, update in listed(status).items()}

    @property
    def seq(self) -> int:
        """Of the last entry that was made: milliseconds since 1970, or the next number where two share one."""
        return self._seq

    @property
    def made(self) -> int:
        """How many entries this run of the workflow has made."""
        return self._made

    async def record(self, transition: Transition) -> None:
        """A transition that stands alone. It counts at once, before the journal has it: what is made meanwhile builds
        on it.
        """
        entry = self.entry_of(transition)
        self._newest, self.status = entry.seq, entry.status
        await self._write(entry)
        self._show(entry.events, listed_too=transition.listed)

    async def add_note(
        self,
        code: TimelineCode,
        what: str,
        *,
        by: str = "relais",
        reason: str = "",
        day: date | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """A timeline item that changes nothing else, not even the status of a step that is being recorded meanwhile."""
        event = TimelineEvent(code=code, what=what, by=by, reason=reason, day=day, detail=detail or {})
        entry = self.note_of(event)
        await self._write(entry)
        self._show(entry.events, listed_too=False)

    def entry_of(self, transition: Transition) -> JournalEntry:
        """The entry of a transition that a step carries. Once the step has recorded it, `adopt` shows it."""
        status = transition.applied_to(self.status)
        events = [*transition.after, transition.event]
        return JournalEntry(
            order_id=self.order_id,
            key=self._next_key(status.stage, events),
            seq=self._next_seq(),
            status=status,
            events=events,
            messages=transition.messages,
            release_line=transition.release_line,
            preemptible=transition.preemptible,
            contract_ended=transition.contract_ended,
            line_changes=transition.line_changes,
            quarantine=transition.quarantine,
            follow_ups=transition.follow_ups,
        )

    def note_of(self, event: TimelineEvent) -> JournalEntry:
        """The entry of a note that a step carries."""
        return JournalEntry(
            order_id=self.order_id,
            key=self._next_key(self.status.stage, [event]),
            seq=self._next_seq(),
            status=self.status,
            events=[event],
            is_note=True,
        )

    async def adopt(self, entry: JournalEntry, *, is_cancelled: bool, listed_too: bool = True) -> None:
        """Show an entry that a step has recorded. Where the party made the order wait, the wait was recorded after the
        entry was made, and must not outlive the step: the status is recorded once more. A cancel that was recorded
        meanwhile stands.
        """
        if entry.is_note:
            self._show(entry.events, listed_too=False)
            return
        if entry.seq > self._newest:
            self._newest, self.status = entry.seq, entry.status
        elif not is_cancelled:
            again = JournalEntry(
                order_id=self.order_id,
                key=self._next_key(entry.status.stage, []),
                seq=self._next_seq(),
                status=entry.status,
                release_line=entry.release_line,
                preemptible=entry.preemptible,
            )
            self._newest, self.status = again.seq, again.status
            await self._write(again)
        self._show(entry.events, listed_too=listed_too)

    async def resume(
        self, before: OrderStatus, code: TimelineCode, what: str, *, by: str = "relais", reason: str = ""
    ) -> None:
        """After a wait or a question: the status as it was before it. A promise that was broken meanwhile stays broken,
        and a cancel that was recorded meanwhile stands.
        """
        is_cancelling = self.status.state is OrderState.PENDING_CANCELLATION
        became_late = self.status.late and not before.late
        attention = before.attention or (LATE if became_late else "")
        update = {
            "stage": before.stage,
            "state": self.status.state if is_cancelling else before.state,
            "waiting_for": before.waiting_for,
            "refusal": before.refusal,
            "needs_attention": bool(attention),
            "attention": attention,
        }
        event = TimelineEvent(code=code, what=what, by=by, reason=reason)
        status = self.status.model_copy(update=update)
        entry = JournalEntry(
            order_id=self.order_id,
            key=self._next_key(status.stage, [event]),
            seq=self._next_seq(),
            status=status,
            events=[event],
        )
        self._newest, self.status = entry.seq, entry.status
        await self._write(entry)
        self._show(entry.events)

    async def persist(self, decision: str) -> None:
        """Until what has led here is in Temporal's history, so that no death of a worker can make it undone.

        An update is in nobody's history before the first step that is reported after it. Written into the journal
        earlier, it could be a decision that the order has never heard of. The same holds for an end that lets go of the
        line. A regular activity ends the step; a timer would too, a second later.
        """
        self._decisions += 1
        await start(
            JournalActivities.keep_decision,
            Decided(what=decision),
            policies.UNTIL_ANSWERED,
            activity_id=f"decision-{self._decisions}",
            summary=f"kept: {decision}",
        )

    def update_refused(self, sentence: str) -> ApplicationError:
        """The refusal that an update answers with. It changes nothing and is not retried.

        A validator's refusal leaves no trace. It carries the number of the newest entry that the order knows of: an
        order that does a lost step again is behind its journal, and may say yes a moment later. A handler's is final.
        """
        known = [self._newest] if workflow.unsafe.is_read_only() else []
        return ApplicationError(sentence, *known, type="refused", non_retryable=True)

    def _next_seq(self) -> int:
        self._made += 1
        self._seq = max(self._seq + 1, workflow.time_ns() // 1_000_000)
        return self._seq

    def _next_key(self, stage: str, events: Sequence[TimelineEvent]) -> str:
        """The same when a lost step is done again. Updates have keys of their own, since several of them may then come
        in another order, and in another stage.
        """
        update = workflow.current_update_info()
        where = update.id if update else stage
        digest = hashlib.sha256("\n".join((where, *(event.what for event in events))).encode()).hexdigest()[:16]
        name = f"{self._earlier}:{digest}"
        self._keys[name] += 1
        return f"{name}:{self._keys[name]}"

    async def _write(self, entry: JournalEntry) -> None:
        """Without its journal an order does not go on."""
        await insist(
            JournalActivities.record,
            entry,
            policies.JOURNAL,
            name=f"journal-{entry.seq}",
            summary="journal: write down the transition",
        )

    def _show(self, events: Sequence[TimelineEvent], *, listed_too: bool = True) -> None:
        self._lines = [*self._lines, *(f"{event.what} ({event.by})" for event in events)][-LOG_LINES:]
        workflow.set_current_details(markdown(self.status, page=self._page, log=self._lines))
        now = {name: update for name, update in listed(self.status).items() if update.value != self._shown.get(name)}
        if listed_too and now:
            workflow.upsert_search_attributes(list(now.values()))
            self._shown |= {name: update.value for name, update in now.items()}
