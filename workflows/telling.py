"""Telling where an order stands: one transition is one durable line in the journal, and the list and the current
details show the same.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow

from activities.journal import JournalActivities
from domain.lines import LineChange
from domain.orders import CustomerMessage, JournalEntry, OrderState, OrderStatus, TimelineEvent
from domain.termination import FollowUp, Quarantine
from workflows import policies
from workflows.calls import LocalCallFailed, call_locally, start
from workflows.current_details import LOG_LINES, Page, markdown
from workflows.search_attributes import listed


class Telling:
    """One order's status. Entries are numbered in the order in which they are composed; the journal and `status` both
    keep the highest, whatever the order in which they get recorded.

    The journal can be ahead: when a worker dies before its step is reported, Temporal has the step done again, and what
    has come in meanwhile can lead it elsewhere. So numbers grow with time, and keys name what is told, not its place:
    what is told again is there already, and what is told instead is newer.
    """

    def __init__(self, order_id: str, status: OrderStatus, page: Page, *, seq: int = 0) -> None:
        """`seq`: of the last entry of an earlier run of the same order."""
        self.order_id = order_id
        self.status = status
        self._page = page
        self._seq = seq
        self._newest = seq
        self._earlier = seq
        self._composed = 0
        self._keys: Counter[str] = Counter()
        self._log: list[str] = []
        self._shown: dict[str, Any] = {name: update.value for name, update in listed(status).items()}

    @property
    def seq(self) -> int:
        """Of the last entry that was composed: milliseconds since 1970, or the next number where two share one."""
        return self._seq

    @property
    def newest(self) -> int:
        """Of the newest entry that the status is from."""
        return self._newest

    @property
    def composed(self) -> int:
        """How many entries this run of the workflow has composed."""
        return self._composed

    def compose(
        self,
        stage: str | None = None,
        state: OrderState | None = None,
        *,
        events: Sequence[TimelineEvent] = (),
        messages: Sequence[CustomerMessage] = (),
        release_line: bool = False,
        preemptible: bool | None = None,
        line_gone: bool = False,
        remark: bool = False,
        line_changes: Sequence[LineChange] = (),
        quarantine: Quarantine | None = None,
        follow_ups: Sequence[FollowUp] = (),
        **changed: Any,
    ) -> JournalEntry:
        """The journal entry of a transition; whoever gets it records it and then calls `adopt`. Names in `changed`
        are those of OrderStatus; `waiting_for` ends with each transition unless it is named.
        """
        update = {"stage": stage or self.status.stage, "state": state or self.status.state, "waiting_for": None}
        status = self.status.model_copy(update=update | changed)
        return JournalEntry(
            order_id=self.order_id,
            key=self._next_key(status.stage, [event.what for event in events]),
            seq=self._next_seq(),
            status=status,
            events=list(events),
            messages=list(messages),
            release_line=release_line,
            preemptible=preemptible,
            line_gone=line_gone,
            remark=remark,
            line_changes=list(line_changes),
            quarantine=quarantine,
            follow_ups=list(follow_ups),
        )

    def adopt(self, entry: JournalEntry, *, listed_too: bool = True) -> None:
        """Show a recorded entry, unless a newer one stands already; `listed_too=False` saves the list's event for a
        stage that lasts milliseconds.
        """
        if entry.seq > self._newest:
            self._newest, self.status = entry.seq, entry.status
        self._show(entry, listed_too=listed_too)

    def expect(self, due: datetime) -> None:
        """When something is due, found out by a step that has been told already: shown with the next transition."""
        self.status = self.status.model_copy(update={"due": due})

    async def adopt_again(self, entry: JournalEntry) -> None:
        """Show a recorded entry that was overtaken: its status is recorded once more, above the waits that were told
        while its activity was under way. Its events and messages are there already.
        """
        again = entry.model_copy(
            update={
                "seq": self._next_seq(),
                "key": self._next_key(entry.status.stage, []),
                "events": [],
                "messages": [],
                "line_gone": False,
                "line_changes": [],
                "quarantine": None,
                "follow_ups": [],
            }
        )
        self._newest, self.status = again.seq, again.status
        await self._record(again)
        self._show(entry)

    def is_overtaken(self, entry: JournalEntry) -> bool:
        """Whether something newer has been told since the entry was composed."""
        return entry.seq < self._newest

    async def tell(
        self,
        stage: str | None = None,
        state: OrderState | None = None,
        *,
        what: str,
        listed_too: bool = True,
        **rest: Any,
    ) -> None:
        """One transition; `what` is its line on the timeline, `by`, `reason` and `detail` go with it; `listed_too` as
        for `adopt`.

        It counts from here on, before the journal has it: what is composed meanwhile builds on it.
        """
        event = TimelineEvent(
            what=what, by=rest.pop("by", "relais"), reason=rest.pop("reason", ""), detail=rest.pop("detail", {})
        )
        entry = self.compose(stage, state, events=[event], **rest)
        self._newest, self.status = entry.seq, entry.status
        await self._record(entry)
        self._show(entry, listed_too=listed_too)

    async def remark(
        self, what: str, *, by: str = "relais", reason: str = "", detail: dict[str, Any] | None = None
    ) -> None:
        """A line on the timeline that changes nothing else, not even the status of a step that is being recorded
        meanwhile.
        """
        event = TimelineEvent(what=what, by=by, reason=reason, detail=detail or {})
        entry = self.compose(events=[event], remark=True)
        await self._record(entry)
        self._show(entry, listed_too=False)

    def _next_seq(self) -> int:
        self._composed += 1
        self._seq = max(self._seq + 1, workflow.time_ns() // 1_000_000)
        return self._seq

    def _next_key(self, stage: str, told: Sequence[str]) -> str:
        """The same when a step that was lost is done again; one of its own for every update, of which several may then
        come in another order, and in another stage.
        """
        update = workflow.current_update_info()
        where = update.id if update else stage
        digest = hashlib.sha256("\n".join((where, *told)).encode()).hexdigest()[:16]
        name = f"{self._earlier}:{digest}"
        self._keys[name] += 1
        return f"{name}:{self._keys[name]}"

    async def _record(self, entry: JournalEntry) -> None:
        """Without its journal an order does not go on. The local activity saves events; one that the journal cannot
        answer soon goes on as a regular one, whose retries cost none.
        """
        try:
            await call_locally(JournalActivities.record, entry, policies.JOURNAL)
        except LocalCallFailed:
            await start(
                JournalActivities.record,
                entry,
                policies.UNTIL_ANSWERED,
                activity_id=f"journal-{entry.seq}",
                summary="journal: write down the transition",
            )

    def _show(self, entry: JournalEntry, *, listed_too: bool = True) -> None:
        lines = [f"{event.what} ({event.by})" for event in entry.events]
        self._log = [*self._log, *lines][-LOG_LINES:]
        workflow.set_current_details(markdown(self.status, page=self._page, log=self._log))
        now = {name: update for name, update in listed(self.status).items() if update.value != self._shown.get(name)}
        if listed_too and now:
            workflow.upsert_search_attributes(list(now.values()))
            self._shown |= {name: update.value for name, update in now.items()}
