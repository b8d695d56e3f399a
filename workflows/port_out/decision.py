"""Whether the number must be let go. The donor's legal grounds refuse, and nothing else. A suspicion only waits, with a
delayed answer, for its end or for a person.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

from activities.journal import JournalActivities, SentMessages
from activities.port_out import JudgedPortOut, JudgePortOut, PortOutActivities
from domain.money import money
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.human_task import RELEASE_OR_REFUSE
from workflows.order.run_activity import CallFailed
from workflows.order.stops import Refused
from workflows.order.transition import Transition
from workflows.port_out.deadline import Deadline
from workflows.port_out.state import PortOutState

REQUESTED = "requested"
"""The notice to the holder."""


class Decision:
    """Judged anew whenever something about the line has changed."""

    def __init__(self, state: PortOutState, deadline: Deadline) -> None:
        self._state = state
        self._deadline = deadline
        self._released: list[str] = []
        self._judged = 0
        self._is_holder_told = False

    async def run(self) -> None:
        """The number must be let go, and its holder has been told; or it has left without our answer.

        Raises:
            Refused: on a legal ground, by the holder's freeze, or by a person.
            Withdrawn: the recipient cancelled.
        """
        while True:
            judged = await self._judge()
            self._state.reach = judged.reach
            if judged.refusal is not None:
                self._state.has_holder = judged.refusal.code is not RefusalCode.NUMBER_NOT_AT_DONOR
                raise Refused(Actor(by="rules", reason=judged.refusal.raw_text), refusal=judged.refusal)
            self._keep(judged)
            await self._tell_the_holder(judged)
            self.stop_if_frozen()
            if not judged.holds or self._state.performed:
                return
            await self._hold(judged)
            self.stop_if_frozen()

    async def _judge(self) -> JudgedPortOut:
        """The recipient is owed an answer: nobody gives up on it."""
        self._judged += 1
        judged = await self._state.calls.read(
            PortOutActivities.judge_port_out,
            JudgePortOut(order=self._state.order, released=self._released),
            name="judge" if self._judged == 1 else f"judge-{self._judged}",
            persistent=True,
        )
        self._state.cancellation.stop_if_requested()
        return judged

    def _keep(self, judged: JudgedPortOut) -> None:
        state = self._state
        state.contract, state.contract_has_ended, state.sim = judged.contract, judged.ended, judged.sim
        state.fee = money(judged.cost.fee, judged.cost.currency) if judged.cost else ""

    async def _tell_the_holder(self, judged: JudgedPortOut) -> None:
        """On the channels known before, ahead of our answer, which does not wait for theirs."""
        if self._is_holder_told:
            return
        self._is_holder_told = True
        state = self._state
        await state.log.record(
            Transition(
                code=TimelineCode.HOLDER_TOLD,
                what="the holder is told who asks for the number",
                state=OrderState.IN_PROGRESS,
                messages=state.messages(REQUESTED, fee=state.fee, held="yes" if judged.holds else ""),
                listed=False,
            )
        )
        sent = SentMessages(order_id=state.order.order_id, kind=f"port_out.{REQUESTED}")
        with suppress(CallFailed):  # notifications away: the notice follows, our deadline does not
            await state.calls.attempt(JournalActivities.await_sent, sent, policies.NOTICE_MOMENT)

    async def _hold(self, judged: JudgedPortOut) -> None:
        """Until a reason to wait has ended or changed, the holder has frozen the order, or a person has decided."""
        state = self._state
        if judged.delayed_until is not None:
            self._deadline.announce(judged.holds[0].kind, judged.delayed_until)
        changes, ended = state.line.changes, asyncio.Event()
        watch = asyncio.create_task(self._watch_first_end(judged, ended))
        why = "; ".join(hold.why for hold in judged.holds)
        ends = [hold.until for hold in judged.holds if hold.until is not None]
        try:
            action = await state.human.ask(
                f"review: {why}",
                actions=RELEASE_OR_REFUSE,
                until=max(ends) if len(ends) == len(judged.holds) else None,
                unless=lambda: bool(state.frozen or state.performed or ended.is_set() or state.line.changes != changes),
                refusal=refusal(RefusalCode.FRAUD_SUSPECTED, "desk", raw_text=why),
            )
        finally:
            ended.set()
            await watch
        if action is not None:
            self._released = [*self._released, *(hold.kind for hold in judged.holds)]

    async def _watch_first_end(self, judged: JudgedPortOut, ended: asyncio.Event) -> None:
        instants: list[datetime] = [hold.until for hold in judged.holds if hold.until is not None]
        if not instants:
            return
        if await self._state.time.until(min(instants), unless=ended.is_set, summary="a reason to wait ends"):
            ended.set()

    def stop_if_frozen(self) -> None:
        """Until our answer leaves, the holder may freeze the order.

        Raises:
            Refused: the holder did.
        """
        frozen = self._state.frozen
        if frozen is not None:
            no = refusal(RefusalCode.CUSTOMER_WITHDREW, "customer", raw_text="the holder does not want the port")
            raise Refused(frozen, refusal=no)
