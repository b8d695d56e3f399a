"""Our answer. The numbers of one dossier are answered together, so the answer leaves once each of them is decided."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityHandle

from activities.port_out import FindFirstPossible, PortOutActivities
from activities.port_out_answer import AnswerRequest, DossierNow, PortOutAnswerActivities, WithdrawDecision
from domain.orders import OrderState, WaitingFor
from domain.port_out import NumberDecision
from domain.stages import PortOutStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.transition import Transition
from workflows.port_out.state import PortOutState

NOTE = 100
"""Characters of the wire's note."""


class Answer:
    """Sent once, whatever becomes of its reply. The registry shows what came of it."""

    def __init__(self, state: PortOutState) -> None:
        self._state = state
        self._given = 0

    async def first_possible(self) -> datetime:
        """The first slot with room, kept for this order.

        Raises:
            Withdrawn: the recipient cancelled meanwhile.
        """
        state, order = self._state, self._state.order
        first = await state.calls.read(
            PortOutActivities.find_first_possible,
            FindFirstPossible(order_id=order.order_id, msisdn=order.msisdn),
            name="first-possible",
            persistent=True,
        )
        state.cancellation.stop_if_requested()
        return first.at

    async def agree(self, first_possible: datetime) -> DossierNow | None:
        """The number may leave. None: while the other numbers of the dossier kept the answer, something happened that
        it has to be judged anew for, and our decision is withdrawn.
        """
        decision = NumberDecision(first_possible=first_possible)
        if self._state.order.numbers == 1:
            return await self._send(decision)
        return await self._agree_with_the_others(decision)

    async def refuse(self, code: str, why: str) -> DossierNow:
        """The number stays. `code` is the clearing house's."""
        decision = NumberDecision(block_code=code, note=why[:NOTE])
        if self._state.order.numbers == 1:
            return await self._send(decision)
        handle = await self._send_with_the_others(decision)
        return self._sent(await handle)

    async def _send(self, decision: NumberDecision) -> DossierNow:
        self._state.is_answering = True
        return self._sent(
            await self._state.calls.write(
                PortOutAnswerActivities.answer_request, self._request(decision), name="answer", forward_only=True
            )
        )

    async def _agree_with_the_others(self, decision: NumberDecision) -> DossierNow | None:
        state, changes = self._state, self._state.line.changes

        def is_outdated() -> bool:
            return bool(state.frozen or state.line.changes != changes)

        handle = await self._send_with_the_others(decision)
        await workflow.wait_condition(lambda: handle.done() or is_outdated())
        if not handle.done():
            handle.cancel()
        try:
            return self._sent(await handle)
        except ActivityError:
            if not is_outdated():
                raise
        withdrawn = await state.calls.read(
            PortOutAnswerActivities.withdraw_decision,
            WithdrawDecision(order_id=state.order.order_id),
            name=f"withdraw-decision-{self._given}",
            forward_only=True,
        )
        if withdrawn.done:
            state.waits_for_others = False
            return None
        state.is_answering = True
        await state.log.add_note(TimelineCode.ANSWER_SHARED, "too late: the answer of the dossier is leaving")
        return self._sent(await (await self._send_with_the_others(decision)))

    async def _send_with_the_others(self, decision: NumberDecision) -> ActivityHandle[DossierNow]:
        state = self._state
        self._given += 1
        state.waits_for_others = True
        handle = state.calls.start(
            PortOutAnswerActivities.answer_request,
            self._request(decision),
            policies.UNTIL_ANSWERED,
            name="answer" if self._given == 1 else f"answer-{self._given}",
            summary="the dossier's answer, once each of its numbers has one",
        )
        await state.log.record(
            Transition(
                code=TimelineCode.ANSWER_SHARED,
                what=f"answered together with the other numbers of the dossier ({state.order.numbers} in all)",
                stage=PortOutStage.ANSWERING,
                state=OrderState.PENDING,
                waiting_for=WaitingFor(
                    party="our other orders",
                    what="a decision about each number",
                    then="one answer for the whole dossier",
                ),
            )
        )
        return handle

    def _request(self, decision: NumberDecision) -> AnswerRequest:
        order = self._state.order
        return AnswerRequest(
            order_id=order.order_id, dossier_id=order.dossier_id, recipient=order.recipient, decision=decision
        )

    def _sent(self, dossier: DossierNow) -> DossierNow:
        self._state.is_answering = self._state.is_answered = True
        return dossier
