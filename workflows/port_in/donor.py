"""The dialogue with the donor through the clearing house: ask, wait for the answer, take the request back."""

from functools import partial

from activities.clearing_house import AskDonor, CancelDossier, ClearingHouseActivities
from domain.orders import Actor, OrderState
from domain.port_in import DossierMessage
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from workflows.order.stops import PerformedMeanwhile, Refused
from workflows.order.transition import Transition
from workflows.port_in.answer_term import AnswerTerm
from workflows.port_in.dossier_inbox import DossierInbox
from workflows.port_in.refusal import DonorRefusal
from workflows.port_in.silence import DonorSilence
from workflows.port_in.state import PortInState


class DonorDialogue:
    """One request after the other until the donor agrees, each a dossier of its own."""

    def __init__(self, port: PortInState) -> None:
        self._port = port
        self.inbox = DossierInbox()
        self._term = AnswerTerm(port)
        self._silence = DonorSilence(port, self.inbox, self._term)
        self.refusal = DonorRefusal(port)

    async def agree(self) -> DossierMessage:
        """Ask until the donor agrees.

        Raises:
            Refused: it refused. GivenUp, Withdrawn: a person ended the order.
        """
        while True:
            await self._ask()
            answer = await self._await_answer()
            if answer.refusal is None:
                return answer
            await self.refusal.instead_of_agreement(answer.refusal)

    async def _ask(self) -> None:
        port, order = self._port, self._port.order
        port.attempt += 1
        port.dossier_id, attempt = "", port.attempt
        self.inbox.close()
        if attempt > 1:
            await self._term.renew()
        port.undo.push("dossier", self._cancel_dossier)
        asked = await port.calls.write_with(
            ClearingHouseActivities.ask_donor,
            AskDonor(
                order_id=order.order_id,
                attempt=attempt,
                donor=order.donor,
                msisdn=order.msisdn,
                authorisation=order.authorisation,
                holder=order.holder,
                back_of_dossier=order.back_of_dossier,
            ),
            Transition(
                code=TimelineCode.ASKED,
                what=f"asked {order.donor} through the clearing house",
                stage=PortInStage.WAITING_FOR_DONOR,
                state=OrderState.PENDING,
                messages=port.messages_of_the_day("received") if attempt == 1 else [],
                waiting_for=self._term.waiting_for,
                due=self._term.deadline.at,
            ),
            name="ask-donor" if attempt == 1 else f"ask-donor-dossier-{attempt}",
        )
        if asked.refusal:
            raise Refused(Actor(by="clearing house", reason=asked.refusal.raw_text), refusal=asked.refusal)
        port.dossier_id = asked.dossier_id
        for event in self.inbox.open(asked.dossier_id):
            await port.log.add_note(event.code, event.what, by=order.donor)

    async def _await_answer(self) -> DossierMessage:
        """The donor's answer. Each deadline that passes in silence leads to what the national rules say."""
        port, inbox = self._port, self.inbox
        while inbox.answer is None:
            port.cancellation.stop_if_requested()
            delay, deadline = inbox.delay, self._term.deadline
            is_silent = await port.time.until(
                deadline.at,
                unless=partial(self._is_overtaken, delay),
                summary=f"{port.order.donor}: {deadline.what} is due, else {deadline.then}",
                for_an_answer=True,
            )
            if inbox.delay is not None and inbox.delay is not delay:
                await self._grant_delay(inbox.delay)
            elif is_silent:
                await self._silence.run(deadline)
        port.cancellation.stop_if_requested()
        return inbox.answer

    def _is_overtaken(self, delay: DossierMessage | None) -> bool:
        inbox = self.inbox
        return bool(inbox.answer or self._port.cancellation.is_requested or inbox.delay is not delay)

    async def _grant_delay(self, announced: DossierMessage) -> None:
        """The donor has said until when it needs: its deadlines move, the day does not."""
        port, donor = self._port, self._port.order.donor
        if announced.answer_due is not None:
            await self._term.extend(announced.answer_due)
        await port.log.record(
            Transition(
                code=TimelineCode.ANSWER_DELAYED,
                what=f"{donor} announced its answer for later",
                by=donor,
                reason=announced.note,
                waiting_for=self._term.waiting_for,
                due=self._term.deadline.at,
            )
        )

    async def _cancel_dossier(self) -> None:
        """Undo of the request: a cancel, done once the registry shows it.

        Raises:
            PerformedMeanwhile: the registry shows the port performed; there is nothing left to undo.
        """
        port = self._port
        request = CancelDossier(
            order_id=port.order.order_id,
            attempt=port.attempt,
            donor=port.order.donor,
            note="withdrawn",
            key=port.key("cancel", port.attempt),
        )
        cancelled = await port.calls.write(
            ClearingHouseActivities.cancel_dossier, request, name=f"cancel-dossier-{port.attempt}", forward_only=True
        )
        if cancelled.status == "performed":
            raise PerformedMeanwhile
