"""A donor that does not answer: its desk is reminded, then a person decides or the order is cancelled. Silence is never
an agreement.
"""

from activities.notifications import NotificationActivities, RemindDonor
from domain.orders import Actor, WaitingFor
from domain.refusals import RefusalCode, refusal
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from rules.plans import Then
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import Withdrawn
from workflows.order.transition import Transition
from workflows.port_in.answer_term import AnswerTerm
from workflows.port_in.dossier_inbox import DossierInbox
from workflows.port_in.state import PortInState


class DonorSilence:
    """What follows when the donor's term has passed without an answer."""

    def __init__(self, port: PortInState, inbox: DossierInbox, term: AnswerTerm) -> None:
        self._port = port
        self._inbox = inbox
        self._term = term
        self._reminders = 0

    async def remind(self) -> None:
        """The donor's desk gets an e-mail."""
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
        if self._inbox.answer is not None:
            return
        then = "a person decides" if port.plan.after_silence is Then.HOLD else "the order is cancelled"
        overdue = WaitingFor(party=donor, what="its overdue answer", until=port.plan.hold_at, then=then)
        await port.log.record(
            Transition(
                code=TimelineCode.REMINDED,
                what=f"{donor} is silent: its desk was reminded by e-mail",
                waiting_for=overdue,
                due=port.plan.hold_at,
            )
        )

    async def decide(self) -> None:
        """The reminder was not answered either: what the order says about silence.

        Raises:
            Withdrawn: the order is cancelled.
            GivenUp: a person gave up.
        """
        port, inbox, donor = self._port, self._inbox, self._port.order.donor
        silence = refusal(RefusalCode.DONOR_SILENT, "rules", raw_text=f"{donor} did not answer in time")
        if port.plan.after_silence is Then.CANCEL:
            raise Withdrawn(Actor(by="policy", reason=silence.raw_text), refusal=silence)
        inbox.silence_is_held = True
        try:
            action = await port.human.ask(
                f"{donor} did not answer dossier {port.dossier_id}, not even after a reminder",
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
        """The deadlines start anew from now, and the desk is reminded again at the first."""
        await self._term.renew()
        await self._port.log.record(
            Transition(
                code=TimelineCode.TERM_RENEWED,
                what=f"{self._port.order.donor} is given another term",
                waiting_for=self._term.waiting_for,
                due=self._port.plan.answer_due,
            )
        )
