"""A donor that does not answer. The national rules say for each deadline what follows: its desk is reminded, a person
decides, the order is cancelled, or the silence is an agreement.
"""

from activities.notifications import NotificationActivities, RemindDonor
from domain.orders import Actor
from domain.refusals import Refusal, RefusalCode, refusal
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from rules.plans import Deadline, Then
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import Withdrawn
from workflows.order.transition import Transition
from workflows.port_in.answer_term import AnswerTerm
from workflows.port_in.dossier_inbox import DossierInbox
from workflows.port_in.state import PortInState


class DonorSilence:
    """What follows when a deadline has passed without an answer."""

    def __init__(self, port: PortInState, inbox: DossierInbox, term: AnswerTerm) -> None:
        self._port = port
        self._inbox = inbox
        self._term = term
        self._reminders = 0

    async def run(self, passed: Deadline) -> None:
        """What the rules say about this deadline.

        Raises:
            Withdrawn: the order is cancelled.
            GivenUp: a person gave up.
        """
        silence = refusal(
            RefusalCode.DONOR_SILENT, "rules", raw_text=f"{self._port.order.donor} did not answer in time"
        )
        match passed.then:
            case Then.REMIND:
                await self._remind()
            case Then.HOLD:
                await self._ask_a_person(silence)
            case Then.CANCEL:
                raise Withdrawn(Actor(by="policy", reason=silence.raw_text), refusal=silence)
            case Then.AGREE:
                self._inbox.agree_by_silence(passed.at)

    async def _remind(self) -> None:
        """The donor's desk gets an e-mail, and the next deadline runs."""
        port, donor = self._port, self._port.order.donor
        self._reminders += 1
        await port.calls.write(
            NotificationActivities.remind_donor,
            RemindDonor(
                order_id=port.order.order_id,
                donor=donor,
                dossier_id=port.dossier_id,
                key=port.key("remind", self._reminders),
            ),
            name=f"remind-donor-{self._reminders}",
        )
        self._term.go_on()
        if self._inbox.answer is not None:
            return
        await port.log.record(
            Transition(
                code=TimelineCode.REMINDED,
                what=f"{donor} is silent: its desk was reminded by e-mail",
                waiting_for=self._term.waiting_for,
                due=self._term.deadline.at,
            )
        )

    async def _ask_a_person(self, silence: Refusal) -> None:
        port, inbox = self._port, self._inbox
        reminded = ", not even after a reminder" if self._reminders else ""
        inbox.silence_is_held = True
        try:
            action = await port.human.ask(
                f"{port.order.donor} did not answer dossier {port.dossier_id}{reminded}",
                actions=RETRY_OR_GIVE_UP,
                unless=lambda: inbox.answer is not None and inbox.answer.refusal is not None,
                refusal=silence,
            )
        finally:
            inbox.silence_is_held = False
        if action is not ResolveAction.RETRY:
            return
        if inbox.answer is None:
            await self._give_another_term()
        else:
            await port.log.add_note(TimelineCode.LATE_ANSWER, "the donor's late answer is taken with the retry")

    async def _give_another_term(self) -> None:
        """The deadlines start anew from now, as after a first request."""
        await self._term.renew()
        await self._port.log.record(
            Transition(
                code=TimelineCode.TERM_RENEWED,
                what=f"{self._port.order.donor} is given another term",
                waiting_for=self._term.waiting_for,
                due=self._term.deadline.at,
            )
        )
