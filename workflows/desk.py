"""What every order has: calls to parties with patience, and a human who can be asked.

An order's story calls `tell` at each transition, `step` for each write at a party, `consult` for reads and rules, and
`ask_human` where only a person can decide.
"""

from dataclasses import dataclass
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from domain.orders import JournalEntry, OrderState, OrderStatus, WaitingFor
from workflows import policies
from workflows.asking import RETRY_OR_GIVE_UP, Asking, calm
from workflows.calls import LocalCallFailed, Message, Method, call_locally, cause_of, may_still_run, start
from workflows.policies import Policy

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Call:
    """What is called at whom. One that can only go forward has nothing to decide: it is tried until it is done; a
    tireless one too, unless the order is cancelled.
    """

    name: str
    party: str
    policy: Policy
    forward_only: bool
    tireless: bool = False

    @property
    def words(self) -> str:
        return self.name.replace("-", " ")

    def failed(self, error: ActivityError | LocalCallFailed) -> str:
        return f"{self.words} failed at {self.party}: {cause_of(error)}"


class Desk(Asking):
    """One order's status, calls and human."""

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
        """Run an activity: at once, else with patience while the order says whom it waits for; when that is at an end
        ask a human, and again as often as he says.

        Raises:
            Withdrawn: the customer cancelled meanwhile (never when `forward_only`).
            GivenUp: the human gave up (not offered when `forward_only`).
        """
        before, call = self.status, _Call(name, party, policy, forward_only)
        try:
            return await self._run(method, message, call, policies.briefly(policy), activity_id=name)
        except ActivityError as error:
            await self._show_the_wait(call, call.failed(error))
        answer = await self._with_patience(method, message, call, attempt=2)
        await self._show_the_end_of_the_wait(before, call)
        return answer

    async def consult(
        self,
        method: Method[Message, Answer],
        message: Message,
        *,
        name: str,
        party: str,
        forward_only: bool = False,
        tireless: bool = False,
    ) -> Answer:
        """Read or plan: quickly as a local activity and, where the party makes us wait, as a step.

        Raises:
            Withdrawn, GivenUp: as for a step; nobody is asked to give up what is `tireless`.
        """
        before, call = self.status, _Call(name, party, policies.PARTY_READ, forward_only, tireless)
        try:
            return await call_locally(method, message, policies.QUICK_READ)
        except LocalCallFailed as error:
            await self._show_the_wait(call, call.failed(error))
        answer = await self._with_patience(method, message, call, attempt=1)
        await self._show_the_end_of_the_wait(before, call)
        return answer

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
                    await workflow.sleep(policies.ONE_CALL, summary="until the last attempt has certainly ended")
            if call.forward_only or call.tireless:
                return await self._insist(method, message, call, why)
            await self.ask_human(why, actions=RETRY_OR_GIVE_UP)
            attempt += 1

    async def _run(
        self, method: Method[Message, Answer], message: Message, call: _Call, policy: Policy, *, activity_id: str
    ) -> Answer:
        """One activity, which the customer's cancel ends.

        Raises:
            Withdrawn: he cancelled, and no worker is at the activity any more.
            ActivityError: its time is over.
        """
        if call.forward_only:
            return await start(method, message, policy, activity_id=activity_id, summary=f"{call.party}: {call.words}")
        self.stop_if_cancelled()
        handle = start(method, message, policy, activity_id=activity_id, summary=f"{call.party}: {call.words}")
        await workflow.wait_condition(lambda: handle.done() or self.cancel is not None)
        if not handle.done():
            handle.cancel()
        try:
            return await handle
        except ActivityError as error:
            if self.cancel and may_still_run(error):
                await workflow.sleep(policies.ONE_CALL, summary="until the last attempt has certainly ended")
            self.stop_if_cancelled()
            raise

    async def _insist(self, method: Method[Message, Answer], message: Message, call: _Call, why: str) -> Answer:
        await self.tell(
            state=self._waiting_state,
            what=f"{why}; it is tried until it is done",
            needs_attention=True,
            attention=f"{why.rstrip('.')}. Call {call.party}. Nothing to send: it is tried every half minute and the "
            "order goes on by itself.",
            waiting_for=WaitingFor(party=call.party, what=call.words, then="the order goes on by itself"),
        )
        return await self._run(method, message, call, policies.UNTIL_ANSWERED, activity_id=f"{call.name}-insisting")

    async def _show_the_wait(self, call: _Call, why: str) -> None:
        """The party makes us wait: the order says for whom. Nothing to do for anybody yet."""
        insists = call.forward_only or call.tireless
        then = "it is tried until it is done" if insists else "after an hour a person decides"
        await self.tell(
            state=self._waiting_state,
            what=f"{why}; it is tried again",
            waiting_for=WaitingFor(party=call.party, what=call.words, then=then),
        )

    async def _show_the_end_of_the_wait(self, before: OrderStatus, call: _Call) -> None:
        state = self.status.state if self._is_cancelling else before.state
        await self.tell(before.stage, state, what=f"{call.words} done at {call.party}", **calm(before, self.status))

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
