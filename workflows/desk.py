"""What every order has: calls to parties with patience, and a human who can be asked.

An order's story calls `tell` at each transition, `step` for each write at a party, `consult` for reads and rules, and
`ask_human` where only a person can decide.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from domain.orders import Actor, JournalEntry, OrderState, OrderStatus, WaitingFor
from domain.refusals import Refusal
from domain.updates import ResolveAction, ResolveRequest
from workflows import policies
from workflows.calls import LocalCallFailed, Message, Method, call_locally, start
from workflows.policies import Policy
from workflows.stops import GivenUp, Withdrawn
from workflows.telling import Telling

Answer = TypeVar("Answer")

RETRY_OR_GIVE_UP = (ResolveAction.RETRY, ResolveAction.GIVE_UP)


class Desk(Telling):
    """One order's status, calls and human."""

    def __init__(self, order_id: str, status: OrderStatus, stages: Sequence[str]) -> None:
        super().__init__(order_id, status, stages)
        self.cancel: Actor | None = None  # the customer's wish, accepted by the update's validator
        self._why = ""
        self._offered: tuple[ResolveAction, ...] = ()
        self._decision: ResolveRequest | None = None

    def stop_if_cancelled(self) -> None:
        """The customer's cancel takes effect at the next safe place, which is here.

        Raises:
            Withdrawn: there is one.
        """
        if self.cancel:
            raise Withdrawn(self.cancel)

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

        A step that can only go forward has nothing to decide: it is shown to the desk and tried until it is done.

        Raises:
            Withdrawn: the customer cancelled meanwhile (never when `forward_only`).
            GivenUp: the human gave up (not offered when `forward_only`).
        """
        before, words = self.status, name.replace("-", " ")
        for attempt in count(1):
            if not forward_only:
                self.stop_if_cancelled()
            handle = start(
                method,
                message,
                policies.briefly(policy) if attempt == 1 else policy,
                activity_id=name if attempt == 1 else f"{name}-{attempt}",
                summary=f"{party}: {words}",
            )
            await workflow.wait_condition(lambda h=handle: h.done() or (self.cancel is not None and not forward_only))  # type: ignore[misc]
            if not handle.done():
                handle.cancel()
            try:
                answer = await handle
            except ActivityError as error:
                why = f"{words} failed at {party}: {cause_of(error)}"
            else:
                if attempt > 1:
                    await self._show_the_end_of_the_wait(before, words, party)
                return answer
            if not forward_only:
                self.stop_if_cancelled()
            if attempt == 1:
                await self._show_the_wait(why, words, party, forward_only=forward_only)
            elif forward_only:
                return await self._insist(method, message, why, before, name=name, party=party)
            else:
                await self.ask_human(why, actions=RETRY_OR_GIVE_UP)
        raise AssertionError("counting never ends")

    async def consult(
        self, method: Method[Message, Answer], message: Message, *, name: str, party: str, forward_only: bool = False
    ) -> Answer:
        """Read or plan: quickly as a local activity and, where the party makes us wait, as a step.

        Raises:
            Withdrawn, GivenUp: as for a step.
        """
        try:
            return await call_locally(method, message, policies.QUICK_READ)
        except LocalCallFailed as error:
            words = name.replace("-", " ")
            why = f"{words} failed at {party}: {cause_of(error)}"
            await self._show_the_wait(why, words, party, forward_only=forward_only)
            return await self.step(
                method, message, name=name, party=party, policy=policies.PARTY_READ, forward_only=forward_only
            )

    async def _show_the_wait(self, why: str, words: str, party: str, *, forward_only: bool) -> None:
        """The party makes us wait: the order says for whom. Nothing to do for anybody yet."""
        then = "it is tried until it is done" if forward_only else "after an hour a person decides"
        await self.tell(
            state=self._waiting_state,
            what=f"{why}; it is tried again",
            waiting_for=WaitingFor(party=party, what=words, then=then),
        )

    async def _show_the_end_of_the_wait(self, before: OrderStatus, words: str, party: str) -> None:
        state = self.status.state if self._is_cancelling else before.state
        await self.tell(before.stage, state, what=f"{words} done at {party}", **_calm(before))

    async def _insist(
        self, method: Method[Message, Answer], message: Message, why: str, before: OrderStatus, *, name: str, party: str
    ) -> Answer:
        words = name.replace("-", " ")
        await self.tell(
            state=self._waiting_state,
            what=f"{why}; it is tried until it is done",
            needs_attention=True,
            attention=f"{why.rstrip('.')}. Call {party}. Nothing to send: it is tried every half minute and the order "
            "goes on by itself.",
            waiting_for=WaitingFor(party=party, what=words, then="the order goes on by itself"),
        )
        answer = await start(
            method, message, policies.UNTIL_ANSWERED, activity_id=f"{name}-insisting", summary=f"{party}: {words}"
        )
        await self._show_the_end_of_the_wait(before, words, party)
        return answer

    @property
    def _is_cancelling(self) -> bool:
        return self.status.state is OrderState.PENDING_CANCELLATION

    @property
    def _waiting_state(self) -> OrderState:
        return self.status.state if self._is_cancelling else OrderState.PENDING

    async def arrive(self, entry: JournalEntry, *, listed_too: bool = True) -> None:
        """Show the entry that a step has recorded. Where the party made us wait, the wait was told meanwhile and must
        not outlive the step; a cancel that was told meanwhile stands.
        """
        if self.is_overtaken(entry) and self.cancel is None:
            await self.adopt_again(entry)
        else:
            self.adopt(entry, listed_too=listed_too)

    # Asking: hold for a human, and take the decision that the `resolve` update brings.

    async def ask_human(
        self,
        why: str,
        *,
        actions: Sequence[ResolveAction],
        until: datetime | None = None,
        unless: Callable[[], bool] = lambda: False,
        refusal: Refusal | None = None,
    ) -> ResolveAction | None:
        """Hold the order with needs_attention until a human decides; None when `unless` came first.

        Raises:
            GivenUp: he gave up.
            Withdrawn: the customer cancelled, where giving up was possible at all.
        """
        before = self.status
        self._why, self._offered, self._decision = why, tuple(actions), None
        cancellable = ResolveAction.GIVE_UP in actions
        await self.tell(
            state=OrderState.HELD,
            what=f"held for a human: {why}",
            refusal=refusal or before.refusal,
            **self._question(until),
        )
        await workflow.wait_condition(lambda: bool(self._decision or unless() or (cancellable and self.cancel)))
        decision, self._offered, self._decision = self._decision, (), None
        if decision is None:
            if cancellable:
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
            raise GivenUp(Actor(by=decision.by, reason=decision.reason), refusal=refusal)
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
            "attention": f"{self._why.rstrip('.')}. Send the update `resolve`: {_example(self._offered)}",
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
    """A refusal that an update answers with; it changes nothing and is not retried."""
    return ApplicationError(sentence, type="refused", non_retryable=True)


def cause_of(error: ActivityError | LocalCallFailed) -> str:
    """The last failure's message, which by the parties' rules holds nothing personal."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause) or type(cause).__name__


def _example(actions: Sequence[ResolveAction]) -> str:
    return " or ".join(f'`{{"action": "{action}", "by": "your name", "reason": "why"}}`' for action in actions)


def _calm(before: OrderStatus) -> dict[str, Any]:
    return {
        "needs_attention": before.needs_attention,
        "attention": before.attention,
        "waiting_for": before.waiting_for,
        "refusal": before.refusal,
    }
