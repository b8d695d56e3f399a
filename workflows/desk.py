"""What every order has: a status that the journal, the list and the current details show alike, and a human who can
be asked.

An order's story calls `tell` at each transition, `step` for each call to a party, and `ask_human` where only a person
can decide.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.journal import JournalActivities
from domain.orders import (
    Actor,
    CustomerMessage,
    JournalEntry,
    OrderState,
    OrderStatus,
    TimelineEvent,
    WaitingFor,
)
from domain.refusals import Refusal
from domain.updates import ResolveAction, ResolveRequest
from workflows import policies
from workflows.calls import Message, Method, call_locally, start
from workflows.current_details import LOG_LINES, markdown
from workflows.policies import Policy
from workflows.search_attributes import listed
from workflows.stops import GivenUp, Withdrawn

Answer = TypeVar("Answer")


class Desk:
    """One order's status, journal and human."""

    def __init__(self, order_id: str, status: OrderStatus, stages: Sequence[str]) -> None:
        self.order_id = order_id
        self.status = status
        self.cancel: Actor | None = None  # the customer's wish, accepted by the update's validator
        self._stages = stages
        self._seq = 0
        self._log: list[str] = []
        self._shown: dict[str, Any] = {name: update.value for name, update in listed(status).items()}
        self._offered: tuple[ResolveAction, ...] = ()
        self._decision: ResolveRequest | None = None

    # Telling: one transition, one durable line.

    def compose(
        self,
        stage: str | None = None,
        state: OrderState | None = None,
        *,
        events: Sequence[TimelineEvent] = (),
        messages: Sequence[CustomerMessage] = (),
        release_line: bool = False,
        remark: bool = False,
        **changed: Any,
    ) -> JournalEntry:
        """The journal entry of a transition; whoever gets it records it and then calls `adopt`. Names in `changed`
        are those of OrderStatus.
        """
        status = self.status.model_copy(
            update={
                "stage": stage or self.status.stage,
                "state": state or self.status.state,
                "waiting_for": None,
                **changed,
            }
        )
        self._seq += 1
        return JournalEntry(
            order_id=self.order_id,
            key=f"{self._seq}:{status.stage}",
            seq=self._seq,
            status=status,
            events=list(events),
            messages=list(messages),
            release_line=release_line,
            remark=remark,
        )

    def adopt(self, entry: JournalEntry, *, listed_too: bool = True) -> None:
        """Show a recorded entry; `listed_too=False` saves the list's event for a stage that lasts milliseconds."""
        self.status = entry.status
        for event in entry.events:
            self._show_line(event)
        now = {name: update for name, update in listed(self.status).items() if update.value != self._shown.get(name)}
        if listed_too and now:
            workflow.upsert_search_attributes(list(now.values()))
            self._shown |= {name: update.value for name, update in now.items()}

    async def tell(self, stage: str | None = None, state: OrderState | None = None, *, what: str, **rest: Any) -> None:
        """Compose, record and adopt one transition; `what` is its line on the timeline, `by`, `reason` and `detail`
        go with it.
        """
        event = TimelineEvent(
            what=what, by=rest.pop("by", "relais"), reason=rest.pop("reason", ""), detail=rest.pop("detail", {})
        )
        listed_too = rest.pop("listed_too", True)
        entry = self.compose(stage, state, events=[event], **rest)
        await call_locally(JournalActivities.record, entry, policies.JOURNAL)
        self.adopt(entry, listed_too=listed_too)

    async def remark(
        self, what: str, *, by: str = "relais", reason: str = "", detail: dict[str, Any] | None = None
    ) -> None:
        """A line on the timeline that changes nothing else, not even the status of a step that is being recorded
        meanwhile.
        """
        event = TimelineEvent(what=what, by=by, reason=reason, detail=detail or {})
        entry = self.compose(events=[event], remark=True)
        await call_locally(JournalActivities.record, entry, policies.JOURNAL)
        self._show_line(event)

    def _show_line(self, event: TimelineEvent) -> None:
        self._log = [*self._log, f"{event.what} ({event.by})"][-LOG_LINES:]
        workflow.set_current_details(markdown(self.status, stages=self._stages, log=self._log))

    # Doing: one call to a party, until it is done, the customer cancels or a human gives up.

    async def step(
        self,
        method: Method[Message, Answer],
        message: Message,
        *,
        name: str,
        party: str,
        policy: Policy = policies.PARTY_WRITE,
        forward_only: bool = False,
    ) -> Answer:
        """Run an activity with patience; when that is at an end ask a human, and again as often as he says.

        Raises:
            Withdrawn: the customer cancelled meanwhile (never when `forward_only`).
            GivenUp: the human gave up (not offered when `forward_only`).
        """
        attempt = 1
        while True:
            if not forward_only:
                self.stop_if_cancelled()
            activity_id = name if attempt == 1 else f"{name}-{attempt}"
            handle = start(
                method, message, policy, activity_id=activity_id, summary=f"{party}: {name.replace('-', ' ')}"
            )
            await workflow.wait_condition(lambda h=handle: h.done() or (self.cancel is not None and not forward_only))  # type: ignore[misc]
            if not handle.done():
                handle.cancel()
            try:
                return await handle
            except ActivityError as error:
                if not forward_only:
                    self.stop_if_cancelled()
                actions = (ResolveAction.RETRY,) if forward_only else (ResolveAction.RETRY, ResolveAction.GIVE_UP)
                await self.ask_human(f"{name.replace('-', ' ')} failed at {party}: {cause_of(error)}", actions=actions)
                attempt += 1

    def stop_if_cancelled(self) -> None:
        """The customer's cancel takes effect at the next safe place, which is here."""
        if self.cancel:
            raise Withdrawn(self.cancel)

    # Asking: hold for a human, and take the decision that the `resolve` update brings.

    async def ask_human(
        self,
        why: str,
        *,
        actions: Sequence[ResolveAction],
        until: datetime | None = None,
        unless: Callable[[], bool] = lambda: False,
        refusal: Refusal | None = None,
        **changed: Any,
    ) -> ResolveAction | None:
        """Hold the order with needs_attention until a human decides; None when `unless` came first.

        Raises:
            GivenUp: he gave up.
            Withdrawn: the customer cancelled, where giving up was possible at all.
        """
        before = self.status
        self._offered, self._decision = tuple(actions), None
        cancellable = ResolveAction.GIVE_UP in actions
        await self.tell(
            state=OrderState.HELD,
            what=f"held for a human: {why}",
            needs_attention=True,
            attention=f"{why}. Send the update `resolve`: {_example(actions)}",
            waiting_for=WaitingFor(party="desk", what="a decision", until=until, then=f"one of {', '.join(actions)}"),
            **changed,
        )
        await workflow.wait_condition(lambda: bool(self._decision or unless() or (cancellable and self.cancel)))
        decision, self._offered, self._decision = self._decision, (), None
        if decision is None:
            self.stop_if_cancelled()
            await self.tell(before.stage, before.state, what="no decision needed any more", **_calm(before))
            return None
        action = ResolveAction(decision.action)
        await self.tell(
            before.stage,
            before.state,
            what=f"resolved: {action.value}",
            by=decision.by,
            reason=decision.reason,
            **_calm(before),
        )
        if action is ResolveAction.GIVE_UP:
            raise GivenUp(Actor(by=decision.by, reason=decision.reason or why), refusal=refusal)
        return action

    def offer_also(self, action: ResolveAction) -> None:
        """Something that happened while the human is being asked adds a choice."""
        if self._offered and action not in self._offered:
            self._offered = (*self._offered, action)
            attention = f"{self.status.attention} Now also: {_example((action,))}"
            self.status = self.status.model_copy(update={"attention": attention})

    def check_decision(self, request: ResolveRequest) -> None:
        """The `resolve` update's validator.

        Raises:
            ApplicationError: with the sentence that tells why not.
        """
        if not self._offered:
            raise refusal_of_update(
                f"nothing to resolve: the order is {self.status.state.value}, {self.status.stage.replace('_', ' ')}"
            )
        if self._decision is not None:
            raise refusal_of_update("already resolved, the decision is being carried out")
        if request.action not in self._offered:
            raise refusal_of_update(f"action must be one of {', '.join(self._offered)}")
        if not request.by.strip() or not request.reason.strip():
            raise refusal_of_update("by and reason must say who decides and why")

    def decide(self, request: ResolveRequest) -> None:
        """Take a checked decision."""
        self._decision = request


def refusal_of_update(sentence: str) -> ApplicationError:
    """A refusal that an update answers with; it changes nothing and is not retried."""
    return ApplicationError(sentence, type="refused", non_retryable=True)


def cause_of(error: ActivityError) -> str:
    """The last failure's message, which by the parties' rules holds nothing personal."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause) or type(cause).__name__


async def shielded(story: Awaitable[Answer], *, on_cancel: Callable[[], None]) -> Answer:
    """Run a story that Temporal's own cancel must not cut short: each cancel only calls `on_cancel`, and a second one
    is harmless.

    The worker's eviction of a cached workflow ends the story itself, which is let through.
    """
    task = asyncio.ensure_future(story)
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.done():
                raise
            on_cancel()


def _example(actions: Sequence[ResolveAction]) -> str:
    return " or ".join(f'`{{"action": "{action}", "by": "your name", "reason": "why"}}`' for action in actions)


def _calm(before: OrderStatus) -> dict[str, Any]:
    return {"needs_attention": before.needs_attention, "attention": before.attention, "waiting_for": before.waiting_for}
