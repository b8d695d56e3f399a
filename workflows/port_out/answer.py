"""Our answer. The numbers of one dossier are answered together, so it leaves once there is a word about each."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityHandle

from activities.port_out import FindFirstPossible, PortOutActivities
from activities.port_out_answer import AnswerRequest, DossierNow, PortOutAnswerActivities, TakeWordBack
from domain.orders import OrderState, WaitingFor
from domain.port_out import PortingWord
from workflows import policies
from workflows.calls import start
from workflows.port_out.departure import Departure

NOTE = 100
"""Characters of the wire's note."""


class Answering:
    """Sent once, whatever becomes of its reply; the registry shows what came of it."""

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        self._given = 0

    async def first_possible(self) -> datetime:
        """The first slot with room, kept for this order.

        Raises:
            Withdrawn: the recipient cancelled meanwhile.
        """
        order, desk = self._departure.order, self._departure.desk
        first = await desk.consult(
            PortOutActivities.find_first_possible,
            FindFirstPossible(order_id=order.order_id, msisdn=order.msisdn),
            name="first-possible",
            party="rules",
            tireless=True,
        )
        desk.stop_if_cancelled()
        return first.at

    async def agree(self, first_possible: datetime) -> DossierNow | None:
        """The number may leave. None: while the other numbers of the dossier kept the answer, something happened that
        it has to be judged anew for; our word is taken back.
        """
        word = PortingWord(first_possible=first_possible)
        if self._departure.order.numbers == 1:
            return await self._give(word)
        return await self._agree_with_the_others(word)

    async def refuse(self, code: str, why: str) -> DossierNow:
        """The number stays; `code` is the clearing house's."""
        word = PortingWord(block_code=code, note=why[:NOTE])
        if self._departure.order.numbers == 1:
            return await self._give(word)
        handle = await self._give_with_the_others(word)
        return self._is_answered(await handle)

    async def _give(self, word: PortingWord) -> DossierNow:
        departure = self._departure
        departure.is_answering = True
        return self._is_answered(
            await departure.desk.step(
                PortOutAnswerActivities.answer_request,
                self._request(word),
                name="answer",
                party="clearing house",
                forward_only=True,
            )
        )

    async def _agree_with_the_others(self, word: PortingWord) -> DossierNow | None:
        departure, changes = self._departure, self._departure.line.changes
        handle = await self._give_with_the_others(word)
        await workflow.wait_condition(
            lambda: bool(handle.done() or departure.frozen or departure.line.changes != changes)
        )
        if not handle.done():
            handle.cancel()
        try:
            return self._is_answered(await handle)
        except ActivityError:
            if not departure.frozen and departure.line.changes == changes:
                raise
        order_id = departure.order.order_id
        taken_back = await departure.desk.consult(
            PortOutAnswerActivities.take_word_back,
            TakeWordBack(order_id=order_id),
            name=f"take-word-back-{self._given}",
            party="journal",
            forward_only=True,
        )
        if taken_back.done:
            departure.waits_for_others = False
            return None
        departure.is_answering = True
        await departure.desk.remark("too late: the answer of the dossier is leaving")
        return self._is_answered(await (await self._give_with_the_others(word)))

    async def _give_with_the_others(self, word: PortingWord) -> ActivityHandle[DossierNow]:
        departure = self._departure
        self._given += 1
        departure.waits_for_others = True
        handle = start(
            PortOutAnswerActivities.answer_request,
            self._request(word),
            policies.UNTIL_ANSWERED,
            activity_id="answer" if self._given == 1 else f"answer-{self._given}",
            summary="clearing house: the dossier's answer, once each of its numbers has one",
        )
        await departure.desk.tell(
            "answering",
            OrderState.PENDING,
            what=f"answered together with the other numbers of the dossier ({departure.order.numbers} in all)",
            waiting_for=WaitingFor(
                party="our other orders", what="a word about each number", then="one answer for the whole dossier"
            ),
        )
        return handle

    def _request(self, word: PortingWord) -> AnswerRequest:
        order = self._departure.order
        return AnswerRequest(order_id=order.order_id, dossier_id=order.dossier_id, recipient=order.recipient, word=word)

    def _is_answered(self, dossier: DossierNow) -> DossierNow:
        self._departure.is_answering = self._departure.is_answered = True
        return dossier
