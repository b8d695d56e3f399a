"""The call gateway: every call of an order to a party goes through here.

`write` and `read` are what a process needs most: they are tried at once, then with patience while the order says whom
it waits for; then a person is asked. `start` and `attempt` are for the few places that handle time themselves. Each
activity says which parties it calls, so this is the one place where a closed gate can park an order, a rate can be kept
and a call be counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityHandle

from activities.parties_called import called
from domain.orders import JournalEntry, OrderState, StepRequest, StepResult, WaitingFor
from domain.refusals import Refusal
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from workflows.order import policies
from workflows.order.cancellation import Cancellation
from workflows.order.human_task import RETRY_OR_GIVE_UP, HumanTask
from workflows.order.log import OrderLog
from workflows.order.policies import Policy
from workflows.order.run_activity import (
    Answer,
    CallFailed,
    Message,
    Method,
    cause_of,
    may_still_run,
    run_locally,
    start,
)
from workflows.order.transition import Transition

Request = TypeVar("Request", bound=StepRequest)
Result = TypeVar("Result", bound=StepResult)


class Refusable(Protocol):
    """An answer that may be a refusal."""

    @property
    def refusal(self) -> Refusal | None: ...


Grant = TypeVar("Grant", bound=Refusable)


@dataclass(frozen=True)
class _Call:
    """One call. One that can only go forward is tried until it is done; a `persistent` one too, unless the order is
    cancelled.
    """

    name: str
    to: str
    policy: Policy
    forward_only: bool
    persistent: bool = False

    @property
    def words(self) -> str:
        return self.name.replace("-", " ")

    @property
    def summary(self) -> str:
        return f"{self.to}: {self.words}"

    def failed(self, error: ActivityError | CallFailed) -> str:
        return f"{self.words} failed at {self.to}: {cause_of(error)}"


class Calls:
    """One order's calls."""

    def __init__(self, log: OrderLog, human: HumanTask, cancellation: Cancellation) -> None:
        self._log = log
        self._human = human
        self._cancellation = cancellation

    async def write(
        self,
        method: Method[Message, Answer],
        message: Message,
        *,
        name: str,
        policy: Policy = policies.PARTY_WRITE,
        forward_only: bool = False,
    ) -> Answer:
        """Change something at a party. `name` is the activity's id; it is unique within the order.

        Raises:
            Withdrawn: the customer cancelled meanwhile (never when `forward_only`).
            GivenUp: a person gave up (not offered when `forward_only`).
        """
        before, call = self._log.status, _Call(name, called(method).label, policy, forward_only)
        try:
            return await self._run(method, message, call, policies.briefly(policy), activity_id=name)
        except ActivityError as error:
            await self._show_the_wait(call, call.failed(error))
        answer = await self._with_patience(method, message, call, attempt=2)
        await self._log.resume(before, TimelineCode.PARTY_BACK, f"{call.words} done at {call.to}")
        return answer

    async def read(
        self,
        method: Method[Message, Answer],
        message: Message,
        *,
        name: str,
        forward_only: bool = False,
        persistent: bool = False,
    ) -> Answer:
        """Read from a party or plan by the rules: as a local activity and, where a party makes us wait, like `write`.

        Raises:
            Withdrawn, GivenUp: as for `write`; a person is never asked to give up what is `persistent`.
        """
        before = self._log.status
        call = _Call(name, called(method).label, policies.PARTY_READ, forward_only, persistent)
        try:
            return await run_locally(method, message, policies.QUICK_READ)
        except CallFailed as error:
            await self._show_the_wait(call, call.failed(error))
        answer = await self._with_patience(method, message, call, attempt=1)
        await self._log.resume(before, TimelineCode.PARTY_BACK, f"{call.words} done at {call.to}")
        return answer

    async def write_with(
        self,
        method: Method[Request, Result],
        request: Request,
        transition: Transition,
        *,
        name: str,
        policy: Policy = policies.PARTY_WRITE,
        forward_only: bool = False,
    ) -> Result:
        """`write`, by a step that carries a transition: its activity records it where its work comes to its end."""
        entry = self._log.entry_of(transition)
        carrying = request.model_copy(update={"entry": entry})
        result = await self.write(method, carrying, name=name, policy=policy, forward_only=forward_only)
        await self._adopt(entry, result, transition)
        return result

    async def read_with(
        self,
        method: Method[Request, Result],
        request: Request,
        transition: Transition,
        *,
        name: str,
        forward_only: bool = False,
        persistent: bool = False,
    ) -> Result:
        """`read`, by a step that carries a transition."""
        entry = self._log.entry_of(transition)
        carrying = request.model_copy(update={"entry": entry})
        result = await self.read(method, carrying, name=name, forward_only=forward_only, persistent=persistent)
        await self._adopt(entry, result, transition)
        return result

    async def write_until_granted(
        self,
        method: Method[Message, Grant],
        message: Callable[[str], Message],
        *,
        key: Callable[[int], str],
        name: str,
        refused: str,
        actions: Sequence[ResolveAction],
        forward_only: bool = False,
    ) -> Grant:
        """Write until the party does not refuse it. `message` is made with the idempotency key of its try, since a
        party remembers a refusal under the key that it refused. A person is told `refused` and the party's own words.

        Raises:
            Withdrawn, GivenUp: as for `write` and for the person who is asked.
        """
        number = 1
        while True:
            answer = await self.write(method, message(key(number)), name=name, forward_only=forward_only)
            if answer.refusal is None:
                return answer
            await self._human.ask(f"{refused}: {answer.refusal.raw_text}", actions=actions)
            number += 1

    def start(
        self, method: Method[Message, Answer], message: Message, policy: Policy, *, name: str, summary: str
    ) -> ActivityHandle[Answer]:
        """Start a call that the process itself waits for, beside other things. `summary` says what it does."""
        return start(method, message, policy, activity_id=name, summary=f"{called(method).label}: {summary}")

    async def attempt(self, method: Method[Message, Answer], message: Message, policy: Policy) -> Answer:
        """One quick try as a local activity.

        Raises:
            CallFailed: no answer within the policy.
        """
        return await run_locally(method, message, policy)

    async def _adopt(self, entry: JournalEntry, result: StepResult, transition: Transition) -> None:
        if not result.recorded:
            return
        if result.due is not None:
            entry = entry.due_at(result.due)
        await self._log.adopt(entry, is_cancelled=self._cancellation.is_requested, listed_too=transition.listed)

    async def _with_patience(
        self, method: Method[Message, Answer], message: Message, call: _Call, *, attempt: int
    ) -> Answer:
        while True:
            activity_id = call.name if attempt == 1 else f"{call.name}-{attempt}"
            try:
                return await self._run(method, message, call, call.policy, activity_id=activity_id)
            except ActivityError as error:
                why = call.failed(error)
                if may_still_run(error):
                    await self.until_attempt_has_ended()
            if call.forward_only or call.persistent:
                return await self._insist(method, message, call, why)
            await self._human.ask(why, actions=RETRY_OR_GIVE_UP)
            attempt += 1

    async def _run(
        self, method: Method[Message, Answer], message: Message, call: _Call, policy: Policy, *, activity_id: str
    ) -> Answer:
        """One activity, which the customer's cancel ends.

        Raises:
            Withdrawn: the customer cancelled, and no worker is at the activity any more.
            ActivityError: its time is over.
        """
        if call.forward_only:
            return await start(method, message, policy, activity_id=activity_id, summary=call.summary)
        self._cancellation.stop_if_requested()
        handle = start(method, message, policy, activity_id=activity_id, summary=call.summary)
        await workflow.wait_condition(lambda: handle.done() or self._cancellation.is_requested)
        if not handle.done():
            handle.cancel()
        try:
            return await handle
        except ActivityError as error:
            if self._cancellation.is_requested and may_still_run(error):
                await self.until_attempt_has_ended()
            self._cancellation.stop_if_requested()
            raise

    async def until_attempt_has_ended(self) -> None:
        """After a timeout a worker may still be at the last attempt, and its effect may still come."""
        await workflow.sleep(policies.ONE_CALL, summary="until the last attempt has certainly ended")

    async def _insist(self, method: Method[Message, Answer], message: Message, call: _Call, why: str) -> Answer:
        await self._log.record(
            Transition(
                code=TimelineCode.PARTY_AWAY,
                what=f"{why}; it is tried until it is done",
                state=self._waiting_state,
                attention=f"{why.rstrip('.')}. Call {call.to}. Nothing to send: it is tried every half minute and the "
                "order goes on by itself.",
                waiting_for=WaitingFor(party=call.to, what=call.words, then="the order goes on by itself"),
            )
        )
        return await self._run(method, message, call, policies.UNTIL_ANSWERED, activity_id=f"{call.name}-insisting")

    async def _show_the_wait(self, call: _Call, why: str) -> None:
        """The party makes us wait: the order says for whom. Nobody has to do anything yet."""
        insists = call.forward_only or call.persistent
        then = "it is tried until it is done" if insists else "after an hour a person decides"
        await self._log.record(
            Transition(
                code=TimelineCode.PARTY_AWAY,
                what=f"{why}; it is tried again",
                state=self._waiting_state,
                waiting_for=WaitingFor(party=call.to, what=call.words, then=then),
            )
        )

    @property
    def _waiting_state(self) -> OrderState:
        state = self._log.status.state
        return state if state is OrderState.PENDING_CANCELLATION else OrderState.PENDING
