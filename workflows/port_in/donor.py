"""The dialogue with the donor: ask, hear, remind, hold. Silence is never a yes; a refusal ends the order, unless its
class says that a person has to look.
"""

from activities.clearing_house import AskDonor, CancelDossier, ClearingHouseActivities
from activities.notifications import NotificationActivities, RemindDonor
from activities.planning import MoveDay, PlanningActivities
from domain.orders import Actor, OrderState, TimelineEvent, WaitingFor
from domain.port_in import DossierMessage
from domain.refusals import Refusal, RefusalCode, Retry, refusal
from domain.updates import ResolveAction
from rules.plans import Then
from workflows.asking import RETRY_OR_GIVE_UP
from workflows.port_in.hearing import Hearing
from workflows.port_in.port import Port
from workflows.stops import GivenUp, PerformedMeanwhile, Refused, Withdrawn


class DonorDialogue:
    """What the donor said in the open dossier, and what we do about what it did not say."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.hearing = Hearing()
        self._reminders = 0

    async def agree(self) -> DossierMessage:
        """Ask until the donor agrees.

        Raises:
            Refused: it refused. GivenUp, Withdrawn: a person ended it.
        """
        while True:
            await self._ask()
            answer = await self._await_answer()
            if answer.refusal is None:
                return answer
            await self._refused(answer.refusal)

    async def _ask(self) -> None:
        port, desk = self._port, self._port.desk
        port.attempt += 1
        port.dossier_id, attempt = "", port.attempt
        self.hearing.forget()
        if attempt > 1:
            await self._move_deadlines(MoveDay(plan=port.plan, asked_again=True))
        port.undo.push("dossier", self._take_back)
        entry = desk.compose(
            "waiting_for_donor",
            OrderState.PENDING,
            events=[TimelineEvent(what=f"asked {port.order.donor} through the clearing house")],
            messages=[port.message("received", **port.day_fields())] if attempt == 1 else [],
            waiting_for=self._waiting(),
            due=port.plan.answer_due,
        )
        asked = await desk.step(
            ClearingHouseActivities.ask_donor,
            AskDonor(
                order_id=port.order.order_id,
                attempt=attempt,
                donor=port.order.donor,
                msisdn=port.order.msisdn,
                authorisation=port.order.authorisation,
                holder=port.order.holder,
                back_of_dossier=port.order.back_of_dossier,
                entry=entry,
            ),
            name="ask-donor" if attempt == 1 else f"ask-donor-dossier-{attempt}",
            party="clearing house",
        )
        if asked.refusal:
            raise Refused(Actor(by="clearing house", reason=asked.refusal.raw_text), refusal=asked.refusal)
        await desk.arrive(entry)
        port.dossier_id = asked.dossier_id
        for heard in self.hearing.open(asked.dossier_id):
            if heard.line:
                await desk.remark(heard.line, by=port.order.donor)

    async def _await_answer(self) -> DossierMessage:
        """The donor's answer: awaited, reminded of, and at last held for."""
        port, desk, hearing = self._port, self._port.desk, self.hearing
        reminded = False
        while hearing.answer is None:
            desk.stop_if_cancelled()
            delayed = hearing.delayed
            silent = await port.time.until(
                port.plan.hold_at if reminded else port.plan.answer_due,
                unless=lambda d=delayed: bool(hearing.answer or desk.cancel or hearing.delayed is not d),  # type: ignore[misc]
                summary=f"{port.order.donor} silent: hold" if reminded else f"{port.order.donor}'s answer due",
                for_an_answer=True,
            )
            if hearing.delayed is not delayed:
                await self._grant_delay()
            elif silent and not reminded:
                await self._remind()
                reminded = True
            elif silent:
                await self._silent()
                reminded = False
        desk.stop_if_cancelled()
        return hearing.answer

    async def _grant_delay(self) -> None:
        """The donor said until when it needs; the deadlines move with its word, the day does not."""
        port, message = self._port, self.hearing.delayed
        if message is not None and message.answer_due is not None:
            await self._move_deadlines(MoveDay(plan=port.plan, answer_delayed_until=message.answer_due))
        await port.desk.tell(
            what=f"{port.order.donor} announced its answer for later",
            by=port.order.donor,
            reason=message.note if message else "",
            waiting_for=self._waiting(),
            due=port.plan.answer_due,
        )

    async def _move_deadlines(self, question: MoveDay) -> None:
        port = self._port
        moved = await port.desk.consult(PlanningActivities.move_day, question, name="move-deadlines", party="rules")
        if moved.plan is not None:  # the day may have been moved meanwhile, the deadlines are ours alone
            deadlines = moved.plan.answer_deadlines
            port.plan = port.plan.model_copy(update={"answer_deadlines": deadlines})

    async def _remind(self) -> None:
        port = self._port
        self._reminders += 1
        await port.desk.step(
            NotificationActivities.remind_donor,
            RemindDonor(
                order_id=port.order.order_id,
                donor=port.order.donor,
                dossier_id=port.dossier_id,
                key=port.key("remind", self._reminders),
            ),
            name=f"remind-donor-{self._reminders}",
            party="notifications",
        )
        if self.hearing.answer is None:
            after = "a person decides" if port.plan.after_silence is Then.HOLD else "the order is cancelled"
            await port.desk.tell(
                what=f"{port.order.donor} is silent: its desk was reminded by e-mail",
                waiting_for=WaitingFor(
                    party=port.order.donor, what="its overdue answer", until=port.plan.hold_at, then=after
                ),
                due=port.plan.hold_at,
            )

    async def _silent(self) -> None:
        """The reminder went unheard: the configured outcome, which is never an implied yes."""
        port, hearing = self._port, self.hearing
        silence = refusal(RefusalCode.DONOR_SILENT, "rules", raw_text=f"{port.order.donor} did not answer in time")
        if port.plan.after_silence is Then.CANCEL:
            raise Withdrawn(Actor(by="policy", reason=silence.raw_text), refusal=silence)
        hearing.silence_is_held = True
        try:
            action = await port.desk.ask_human(
                f"{port.order.donor} did not answer dossier {port.dossier_id}, not even after a reminder",
                actions=RETRY_OR_GIVE_UP,
                unless=lambda: hearing.answer is not None and hearing.answer.refusal is not None,
                refusal=silence,
            )
        finally:
            hearing.silence_is_held = False
        if action is ResolveAction.RETRY and hearing.answer is None:
            await self._bear_another_term()
        elif action is ResolveAction.RETRY:
            await port.desk.remark("the donor's late answer is taken with the retry")

    async def _bear_another_term(self) -> None:
        """Retry after silence: the deadlines start anew from now, and the desk is reminded again at the first."""
        port = self._port
        await self._move_deadlines(MoveDay(plan=port.plan, asked_again=True))
        await port.desk.tell(
            what=f"{port.order.donor} is given another term", waiting_for=self._waiting(), due=port.plan.answer_due
        )

    async def _refused(self, refused: Refusal) -> None:
        """A refusal ends the order, unless its class says that a person has to look; then a retry is a new dossier.

        Raises:
            Refused: the order ends.
        """
        desk = self._port.desk
        self._port.undo.drop("dossier")  # a refused dossier is closed at the clearing house
        said_by = refused.said_by
        if said_by == self._port.order.donor and refused.breach:
            await desk.remark(
                f"{said_by} refused on a ground that the rules do not know: {refused.code.value}", reason=refused.breach
            )
        if refused.retry is not Retry.HOLD:
            raise Refused(Actor(by=said_by, reason=refused.raw_text or refused.code.value), refusal=refused)
        await self._have_looked_at(refused, f"{said_by} refused")

    async def took_back(self, refused: Refusal) -> None:
        """The donor refused after its yes: a person looks, and a retry is a new dossier.

        Raises:
            Refused: the person gave up.
        """
        self._port.undo.drop("dossier")
        await self._have_looked_at(refused, f"{refused.said_by} agreed, then refused")

    async def _have_looked_at(self, refused: Refusal, what: str) -> None:
        try:
            await self._port.desk.ask_human(
                f"{what}: {refused.code.value} {refused.raw_text}".strip(), actions=RETRY_OR_GIVE_UP, refusal=refused
            )
        except GivenUp as given_up:
            raise Refused(given_up.actor, refusal=refused) from None

    async def _take_back(self) -> None:
        """Undo of the request: a cancel, done once the registry shows it.

        Raises:
            PerformedMeanwhile: the registry shows the port performed; there is nothing left to undo.
        """
        port = self._port
        cancelled = await port.desk.step(
            ClearingHouseActivities.cancel_dossier,
            CancelDossier(
                order_id=port.order.order_id,
                attempt=port.attempt,
                donor=port.order.donor,
                note="withdrawn",
                key=port.key("cancel", port.attempt),
            ),
            name=f"cancel-dossier-{port.attempt}",
            party="clearing house",
            forward_only=True,
        )
        if cancelled.status == "performed":
            raise PerformedMeanwhile

    def _waiting(self) -> WaitingFor:
        port = self._port
        return WaitingFor(
            party=port.order.donor,
            what="its answer",
            until=port.plan.answer_due,
            then="its desk is reminded by e-mail",
        )
