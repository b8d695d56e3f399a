"""Our answer. The numbers of one dossier are answered together, so it leaves once there is a word about each."""

from datetime import datetime

from activities.port_out import AnswerRequest, DossierNow, FindFirstPossible, PortOutActivities
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

    async def agree(self) -> tuple[DossierNow, datetime]:
        """The number may leave from the instant given with the dossier."""
        departure, order = self._departure, self._departure.order
        departure.is_answering = True
        first = await departure.desk.consult(
            PortOutActivities.find_first_possible,
            FindFirstPossible(order_id=order.order_id, msisdn=order.msisdn),
            name="first-possible",
            party="rules",
            forward_only=True,
        )
        return await self._give(PortingWord(first_possible=first.at)), first.at

    async def refuse(self, code: str, why: str) -> DossierNow:
        """The number stays; `code` is the clearing house's."""
        self._departure.is_answering = True
        return await self._give(PortingWord(block_code=code, note=why[:NOTE]))

    async def _give(self, word: PortingWord) -> DossierNow:
        departure, order = self._departure, self._departure.order
        answer = AnswerRequest(
            order_id=order.order_id, dossier_id=order.dossier_id, recipient=order.recipient, word=word
        )
        if order.numbers > 1:
            dossier = await self._give_with_the_others(answer)
        else:
            dossier = await departure.desk.step(
                PortOutActivities.answer_request, answer, name="answer", party="clearing house", forward_only=True
            )
        departure.is_answered = True
        return dossier

    async def _give_with_the_others(self, answer: AnswerRequest) -> DossierNow:
        departure = self._departure
        handle = start(
            PortOutActivities.answer_request,
            answer,
            policies.UNTIL_ANSWERED,
            activity_id="answer",
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
        return await handle
