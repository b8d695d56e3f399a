"""Asking a human: an order is held until a person decides, and the decision comes as the `resolve` update."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.journal import Decided, JournalActivities
from domain.orders import Actor, OrderState, OrderStatus, WaitingFor
from domain.refusals import Refusal
from domain.updates import ResolveAction, ResolveRequest
from workflows import policies
from workflows.calls import start
from workflows.current_details import Page
from workflows.stops import GivenUp, Refused, Withdrawn
from workflows.telling import Telling

RETRY_OR_GIVE_UP = (ResolveAction.RETRY, ResolveAction.GIVE_UP)
RELEASE_OR_REFUSE = (ResolveAction.RELEASE, ResolveAction.REFUSE)
"""A review: each has an update of its own name, beside `resolve`."""

LATE = "Later than promised. Nothing to send, the order goes on by itself; tell the customer."

_STOPPING = frozenset({ResolveAction.GIVE_UP, ResolveAction.REFUSE})


class Asking(Telling):
    """One order's human, and the customer's wish to stop it."""

    def __init__(self, order_id: str, status: OrderStatus, page: Page, *, seq: int = 0) -> None:
        super().__init__(order_id, status, page, seq=seq)
        self.cancel: Actor | None = None  # the customer's wish, accepted by the update's validator
        self._decisions = 0
        self.questions = 0  # asked so far, of the human
        self._why = ""
        self._offered: tuple[ResolveAction, ...] = ()
        self._decision: ResolveRequest | None = None

    async def in_history(self, decided: str) -> None:
        """Until what has led here is in the history, so that a worker's death, or Temporal's, cannot make it undone.

        An update is in nobody's history before the first step that is reported after it: written into the journal
        earlier, it could be a decision that the order has never heard of. The same goes for an end that lets go of the
        line. A regular activity ends the step; a timer would too, a second later.
        """
        self._decisions += 1
        await start(
            JournalActivities.keep_decision,
            Decided(what=decided),
            policies.UNTIL_ANSWERED,
            activity_id=f"decision-{self._decisions}",
            summary=f"kept: {decided}",
        )

    def stop_if_cancelled(self) -> None:
        """The customer's cancel takes effect at the next safe place, which is here.

        Raises:
            Withdrawn: there is one.
        """
        if self.cancel:
            raise Withdrawn(self.cancel)

    async def ask_human(
        self,
        why: str,
        *,
        actions: Sequence[ResolveAction],
        until: datetime | None = None,
        unless: Callable[[], bool] = lambda: False,
        refusal: Refusal | None = None,
    ) -> ResolveAction | None:
        """Hold the order with needs_attention until a human decides; None when `unless` came first. One question at a
        time: the next one waits.

        Raises:
            GivenUp: he gave up.
            Refused: he refused, for `refusal`.
            Withdrawn: the customer cancelled, where giving up or refusing was possible at all.
        """
        while self._offered:
            await workflow.wait_condition(lambda: not self._offered)
        before = self.status
        self.questions += 1
        self._why, self._offered, self._decision = why, tuple(actions), None
        cancellable = not _STOPPING.isdisjoint(actions)
        await self.tell(
            state=OrderState.HELD,
            what=f"held for a human: {why}",
            refusal=before.refusal if actions == RELEASE_OR_REFUSE else refusal or before.refusal,
            **self._question(until),
        )
        await workflow.wait_condition(lambda: bool(self._decision or unless() or (cancellable and self.cancel)))
        decision, self._offered, self._decision = self._decision, (), None
        if decision is None:
            if cancellable:
                self.stop_if_cancelled()
            await self.tell(before.stage, before.state, what="no decision needed any more", **calm(before, self.status))
            return None
        action = ResolveAction(decision.action)
        await self.tell(
            before.stage,
            before.state,
            what=f"resolved: {action.value}",
            by=decision.by,
            reason=decision.reason,
            **calm(before, self.status),
        )
        if action is ResolveAction.GIVE_UP:
            raise GivenUp(Actor(by=decision.by, reason=decision.reason), refusal=refusal)
        if action is ResolveAction.REFUSE:
            raise Refused(Actor(by=decision.by, reason=decision.reason), refusal=refusal)
        return action

    async def offer_also(self, action: ResolveAction, *, what: str, by: str) -> None:
        """Something that happened while the human is being asked adds a choice; told with `what` as its line."""
        if self._offered and action not in self._offered:
            self._offered = (*self._offered, action)
            await self.tell(what=what, by=by, **self._question())
        else:
            await self.remark(what, by=by)

    def _question(self, until: datetime | None = None) -> dict[str, Any]:
        return {
            "needs_attention": True,
            "attention": f"{self._why.rstrip('.')}. {_to_send(self._offered)}",
            "waiting_for": WaitingFor(
                party="desk", what="a decision", until=until, then=f"one of {', '.join(self._offered)}"
            ),
        }

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
    """A refusal that an update answers with; it changes nothing and is not retried.

    A validator's, which leaves no trace, has the number of the newest entry that the order knows of as its detail: an
    order that does a lost step again is behind its journal, and may say yes a moment later. A handler's is for good.
    """
    telling: Telling = workflow.instance().desk
    known = [telling.newest] if workflow.unsafe.is_read_only() else []
    return ApplicationError(sentence, *known, type="refused", non_retryable=True)


def calm(before: OrderStatus, now: OrderStatus) -> dict[str, Any]:
    """What a wait or a question has changed, as it was before; a promise that was broken meanwhile stays broken."""
    became_late = now.late and not before.late
    return {
        "needs_attention": before.needs_attention or became_late,
        "attention": before.attention or (LATE if became_late else ""),
        "waiting_for": before.waiting_for,
        "refusal": before.refusal,
    }


def _to_send(actions: Sequence[ResolveAction]) -> str:
    """What to send, to paste. A review's two actions have updates of their own."""
    if tuple(actions) == RELEASE_OR_REFUSE:
        return 'Send the update `release` or `refuse`: `{"by": "your name", "reason": "why"}`'
    examples = (f'`{{"action": "{action}", "by": "your name", "reason": "why"}}`' for action in actions)
    return f"Send the update `resolve`: {' or '.join(examples)}"
