"""The human task: an order is held until a person decides. The decision comes as an update."""

from collections.abc import Callable, Sequence
from datetime import datetime

from temporalio import workflow

from domain.orders import Actor, OrderState, WaitingFor
from domain.refusals import Refusal
from domain.timeline import TimelineCode
from domain.updates import ResolveAction, ResolveRequest
from workflows.order.cancellation import Cancellation
from workflows.order.log import OrderLog
from workflows.order.stops import GivenUp, Refused
from workflows.order.transition import Transition

RETRY_OR_GIVE_UP = (ResolveAction.RETRY, ResolveAction.GIVE_UP)
RELEASE_OR_REFUSE = (ResolveAction.RELEASE, ResolveAction.REFUSE)
"""A review: each of its actions has an update of its own name, beside `resolve`."""

DESK = "desk"
"""The people who decide."""

_STOPPING = frozenset({ResolveAction.GIVE_UP, ResolveAction.REFUSE})


class HumanTask:
    """What a person is asked about one order: one question at a time."""

    def __init__(self, log: OrderLog, cancellation: Cancellation) -> None:
        self._log = log
        self._cancellation = cancellation
        self._asked = 0
        self._why = ""
        self._actions: tuple[ResolveAction, ...] = ()
        self._decision: ResolveRequest | None = None

    async def ask(
        self,
        why: str,
        *,
        actions: Sequence[ResolveAction],
        until: datetime | None = None,
        unless: Callable[[], bool] = lambda: False,
        refusal: Refusal | None = None,
    ) -> ResolveAction | None:
        """Hold the order until a person decides; None when `unless` came first. A second question waits for the first.

        Raises:
            GivenUp: the person gave up.
            Refused: the person refused, for `refusal`.
            Withdrawn: the customer cancelled, where giving up or refusing was possible at all.
        """
        while self._actions:
            await workflow.wait_condition(lambda: not self._actions)
        before = self._log.status
        self._asked += 1
        self._why, self._actions, self._decision = why, tuple(actions), None
        cancellable = not _STOPPING.isdisjoint(actions)
        shown = before.refusal if actions == RELEASE_OR_REFUSE else refusal or before.refusal
        await self._log.record(self._question(TimelineCode.HELD, f"held for a person: {why}", until, shown))
        await workflow.wait_condition(
            lambda: bool(self._decision or unless() or (cancellable and self._cancellation.is_requested))
        )
        decision, self._actions, self._decision = self._decision, (), None
        if decision is None:
            if cancellable:
                self._cancellation.stop_if_requested()
            await self._log.resume(before, TimelineCode.DECISION_NOT_NEEDED, "no decision is needed any more")
            return None
        action = ResolveAction(decision.action)
        await self._log.resume(
            before, TimelineCode.DECIDED, f"decided: {action.value}", by=decision.by, reason=decision.reason
        )
        actor = Actor(by=decision.by, reason=decision.reason)
        if action is ResolveAction.GIVE_UP:
            raise GivenUp(actor, refusal=refusal)
        if action is ResolveAction.REFUSE:
            raise Refused(actor, refusal=refusal)
        return action

    async def offer(self, action: ResolveAction, code: TimelineCode, what: str, *, by: str) -> None:
        """Something that happened while a person is being asked adds an action; told with `what`."""
        if self._actions and action not in self._actions:
            self._actions = (*self._actions, action)
            await self._log.record(self._question(code, what, by=by))
        else:
            await self._log.add_note(code, what, by=by)

    def check(self, request: ResolveRequest) -> None:
        """The `resolve` update's validator.

        Raises:
            ApplicationError: with the sentence that tells why not.
        """
        status = self._log.status
        if not self._actions:
            raise self._log.update_refused(
                f"nothing to resolve: the order is {status.state.value}, {status.stage.replace('_', ' ')}"
            )
        if self._decision is not None:
            raise self._log.update_refused("already resolved, the decision is being carried out")
        if request.action not in self._actions:
            raise self._log.update_refused(f"action must be one of {', '.join(self._actions)}")
        if not request.by.strip() or not request.reason.strip():
            raise self._log.update_refused("by and reason must say who decides and why")

    async def decide(self, request: ResolveRequest) -> None:
        """Take a checked decision, unless somebody else was faster or another question is asked by now.

        Raises:
            ApplicationError: it does not count.
        """
        asked = self._asked
        await self._log.persist(request.action)
        if self._asked != asked:
            raise self._log.update_refused("already resolved, and something else is asked now: look at it first")
        self.check(request)
        self._decision = request

    def _question(
        self,
        code: TimelineCode,
        what: str,
        until: datetime | None = None,
        refusal: Refusal | None = None,
        *,
        by: str = "relais",
    ) -> Transition:
        waiting_for = WaitingFor(party=DESK, what="a decision", until=until, then=f"one of {', '.join(self._actions)}")
        attention = f"{self._why.rstrip('.')}. {_to_send(self._actions)}"
        question = Transition(
            code=code, what=what, by=by, state=OrderState.HELD, waiting_for=waiting_for, attention=attention
        )
        return question.model_copy(update={"refusal": refusal}) if refusal else question


def _to_send(actions: Sequence[ResolveAction]) -> str:
    """What to send, to paste. A review's two actions have updates of their own."""
    if tuple(actions) == RELEASE_OR_REFUSE:
        return 'Send the update `release` or `refuse`: `{"by": "your name", "reason": "why"}`'
    examples = (f'`{{"action": "{action}", "by": "your name", "reason": "why"}}`' for action in actions)
    return f"Send the update `resolve`: {' or '.join(examples)}"
