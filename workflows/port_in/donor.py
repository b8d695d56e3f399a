"""The dialogue with the donor: ask, hear, remind, hold. Silence is never a yes.

Answers come as signals and may be early (before the request's own reply), late, repeated, out of order or
contradictory. The first answer of the open dossier stands; whatever comes after it is put on the timeline and changes
nothing, unless a person says so.
"""

from activities.clearing_house import AskDonor, CancelDossier, ClearingHouseActivities
from activities.notifications import NotificationActivities, RemindDonor
from activities.planning import MoveDay, MovedDay, PlanningActivities
from domain.orders import Actor, OrderState, TimelineEvent, WaitingFor
from domain.port_in import DossierMessage
from domain.refusals import Refusal, RefusalCode, Retry, refusal
from domain.updates import ResolveAction
from workflows import calls
from workflows.port_in.port import RETRY_OR_GIVE_UP, Port
from workflows.stops import GivenUp, Refused, Withdrawn

ANSWER = "portingrequestanswer"
DELAYED = "pradelayed"
ERROR = "errorfound"


class DonorDialogue:
    """What the donor said in the open dossier, and what we do about what it did not say."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.answer: DossierMessage | None = None
        self.delayed: DossierMessage | None = None
        self._early: list[DossierMessage] = []
        self._seen: set[int] = set()

    # Hearing: called by the signal handler.

    def hear(self, message: DossierMessage) -> str:
        """Take one message in; returns a line for the timeline when it changes nothing, else ''."""
        if message.message_id in self._seen:
            return ""
        self._seen.add(message.message_id)
        if not self._port.dossier_id:
            self._early.append(message)  # faster than the reply to our request
            return ""
        return self._weigh(message)

    def _weigh(self, message: DossierMessage) -> str:
        if message.dossier_id != self._port.dossier_id:
            return f"{message.type} of an earlier dossier {message.dossier_id} set aside"
        if message.type == DELAYED and self.answer is None:
            self.delayed = message
            return ""
        if message.type not in (ANSWER, ERROR):
            return f"{message.type} of {message.dossier_id} noted"
        if self.answer is not None:
            return f"the donor's later word ({_says(message)}) set aside: its first answer stands"
        self.answer = message
        if self._port.desk.status.state is OrderState.HELD and not message.refusal:
            self._port.desk.offer_also(ResolveAction.ACCEPT_LATE_ANSWER)
            return "the donor's late answer agrees: it counts once a person accepts it"
        return ""

    # Asking: until the donor agrees.

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
        port.dossier_id, self.answer, self.delayed = "", None, None
        attempt = port.attempt
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
                rio=port.order.rio,
                holder=port.order.holder,
                entry=entry,
            ),
            name="ask-donor" if attempt == 1 else f"ask-donor-dossier-{attempt}",
            party="clearing house",
        )
        if asked.refusal:
            raise Refused(Actor(by="clearing house", reason=asked.refusal.raw_text), refusal=asked.refusal)
        desk.adopt(entry)
        port.dossier_id = asked.dossier_id
        early, self._early = self._early, []
        for message in early:
            if line := self._weigh(message):
                await desk.remark(line, by=port.order.donor)

    async def _await_answer(self) -> DossierMessage:
        """The donor's answer: awaited, reminded of, and at last held for."""
        port, desk = self._port, self._port.desk
        reminded = False
        while self.answer is None:
            desk.stop_if_cancelled()
            deadline = port.plan.hold_at if reminded else port.plan.answer_due
            delayed = self.delayed
            silent = await port.time.until(
                deadline,
                unless=lambda d=delayed: bool(self.answer or desk.cancel or self.delayed is not d),  # type: ignore[misc]
                summary=f"{port.order.donor}'s answer due" if not reminded else f"{port.order.donor} silent: hold",
                for_an_answer=True,
            )
            if self.delayed is not delayed:
                await self._grant_delay()
            elif silent and not reminded:
                await self._remind()
                reminded = True
            elif silent:
                await self._silent()
                reminded = False
        desk.stop_if_cancelled()
        return self.answer

    async def _grant_delay(self) -> None:
        """The donor said until when it needs; the deadlines move with its word, the day does not."""
        port, message = self._port, self.delayed
        until = message.answer_due if message else None
        if until is not None:
            moved: MovedDay = await calls.read(
                PlanningActivities.move_day,
                MoveDay(plan=port.plan, answer_delayed_until=until),
                activity_id="grant-delay",
                summary="rules: the donor's delay",
            )
            port.plan = moved.plan or port.plan
        await port.desk.tell(
            what=f"{port.order.donor} announced its answer for later",
            by=port.order.donor,
            reason=message.note if message else "",
            waiting_for=self._waiting(),
            due=port.plan.answer_due,
        )

    async def _remind(self) -> None:
        port = self._port
        await port.desk.step(
            NotificationActivities.remind_donor,
            RemindDonor(
                order_id=port.order.order_id,
                donor=port.order.donor,
                dossier_id=port.dossier_id,
                key=port.key("remind", port.attempt),
            ),
            name=f"remind-donor-{port.attempt}",
            party="notifications",
        )
        if self.answer is None:
            await port.desk.tell(
                what=f"{port.order.donor} is silent: its desk was reminded by e-mail",
                waiting_for=WaitingFor(
                    party=port.order.donor, what="its overdue answer", until=port.plan.hold_at, then=self._after_silence
                ),
                due=port.plan.hold_at,
            )

    @property
    def _after_silence(self) -> str:
        return "a person decides" if self._port.order.donor_silence == "hold" else "the order is cancelled"

    async def _silent(self) -> None:
        """The reminder went unheard: the configured outcome, which is never an implied yes."""
        port = self._port
        silence = refusal(RefusalCode.DONOR_SILENT, "rules", raw_text=f"{port.order.donor} did not answer in time")
        if port.order.donor_silence == "cancel":
            raise Withdrawn(Actor(by="policy", reason=silence.raw_text), refusal=silence)
        action = await port.desk.ask_human(
            f"{port.order.donor} did not answer dossier {port.dossier_id}, not even after a reminder",
            actions=RETRY_OR_GIVE_UP,
            unless=lambda: self.answer is not None and self.answer.refusal is not None,
            refusal=silence,
        )
        if action is ResolveAction.RETRY and self.answer is None:
            await self._wait_another_term()
        elif action is ResolveAction.RETRY and self.answer is not None:
            await port.desk.remark("the donor's late answer is taken with the retry")

    async def _wait_another_term(self) -> None:
        """Retry after silence: the deadlines start anew from now, and the desk is reminded again at the first."""
        port = self._port
        now = await port.time.read()
        term = port.plan.answer_due - port.plan.accepted_at
        port.plan = port.plan.model_copy(
            update={"answer_due": now + term, "hold_at": now + term + (port.plan.hold_at - port.plan.answer_due)}
        )

    async def _refused(self, refused: Refusal) -> None:
        """A refusal ends the order, unless its class says that a person has to look; then a retry is a new dossier.

        Raises:
            Refused: the order ends.
        """
        port = self._port
        port.undo.drop("dossier")  # a refused dossier is closed at the clearing house
        said_by = refused.said_by
        if refused.retry is Retry.HOLD:
            try:
                await port.desk.ask_human(
                    f"{said_by} refused: {refused.code.value} {refused.raw_text}".strip(),
                    actions=RETRY_OR_GIVE_UP,
                    refusal=refused,
                )
            except GivenUp as given_up:
                raise Refused(given_up.actor, refusal=refused) from None
            return
        raise Refused(Actor(by=said_by, reason=refused.raw_text or refused.code.value), refusal=refused)

    async def _take_back(self) -> None:
        """Undo of the request: a cancel, done once the registry shows it."""
        port = self._port
        await port.desk.step(
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

    def _waiting(self) -> WaitingFor:
        port = self._port
        return WaitingFor(
            party=port.order.donor,
            what="its answer",
            until=port.plan.answer_due,
            then="its desk is reminded by e-mail",
        )


def _says(message: DossierMessage) -> str:
    return "refusal" if message.refusal else message.type
