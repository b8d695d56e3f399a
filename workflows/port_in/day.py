"""The day of the port: agreed with the donor's date, moved by the customer, waited for, planned again when missed."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from activities.port_in_plans import MoveDay, MovedDay, PortInPlanActivities
from domain.orders import OrderState, WaitingFor
from domain.port_in import DossierMessage
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from rules.plans import PortPlan
from workflows.order import policies
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import DayMissed, TakenBack
from workflows.order.transition import Transition
from workflows.port_in.dossier_inbox import DossierInbox
from workflows.port_in.state import PortInState


class Day:
    """When the cut-over is to be. The rules make the plan; this asks them, tells the customer, and waits."""

    def __init__(self, port: PortInState, inbox: DossierInbox) -> None:
        self._port = port
        self._inbox = inbox
        self._agreement: DossierMessage | None = None
        self._moves = 0
        self.is_cutting_over = False

    @property
    def is_agreed(self) -> bool:
        """The donor has agreed: from here on the eve's cut-off binds the customer."""
        return self._agreement is not None

    async def agree(self, answer: DossierMessage) -> None:
        """The donor has agreed. Its first possible date moves the day only when that is later, or when the day has
        passed while the donor was silent.
        """
        port = self._port
        self._agreement = answer
        because = ""
        is_later = answer.first_possible is not None and answer.first_possible > port.plan.slot_start
        if is_later or port.time.now() >= port.plan.slot_end:
            await self._find_another("no day fits the donor's answer")
            because = port.plan.moved_because
        by, says = port.order.donor, f"{port.order.donor} agreed"
        if self._inbox.is_agreed_by_silence:
            by, says = "rules", f"{by} did not answer in its term: by the rules that is an agreement"
        what = f"{says}; the port is on {port.plan.chosen_day}"
        await port.log.record(self._to_wait(TimelineCode.AGREED, what, "date_agreed", by=by, reason=because))

    def withdraw_agreement(self) -> None:
        """The donor does not agree any more."""
        self._agreement = None

    async def wait(self) -> None:
        """Sleep until the slot of the planned day begins, then begin the cut-over. When the day moves, so does the
        sleep's end.

        Raises:
            Withdrawn: the customer cancelled in time.
            DayMissed: we were not there before the slot ended.
            TakenBack: the donor refused after its agreement.
        """
        port, since = self._port, self._port.time.real_now()
        has_come = False
        while not has_come:
            plan = port.plan
            has_come = await port.time.until(
                plan.slot_start,
                unless=partial(self._is_overtaken, plan),
                summary=f"the day of the port, {plan.chosen_day}",
            )
            port.cancellation.stop_if_requested()
            if self._inbox.retraction:
                raise TakenBack(self._inbox.retraction)
        self._check_in_time(since)
        self.is_cutting_over = True
        await port.log.record(
            Transition(
                code=TimelineCode.CUT_OVER,
                what="the day has come: cut-over begins",
                stage=PortInStage.CUTTING_OVER,
                state=OrderState.IN_PROGRESS,
                due=port.plan.slot_end,
                listed=False,
            )
        )
        self._check_in_time(since)  # the journal may have been away meanwhile

    def _is_overtaken(self, plan: PortPlan) -> bool:
        port = self._port
        return bool(port.cancellation.is_requested or self._inbox.retraction or port.plan is not plan)

    def _check_in_time(self, since: datetime) -> None:
        """A slot binds the start of the cut-over; it could begin once the slot had, and we waited for it.

        Raises:
            DayMissed: the slot is over.
        """
        time, plan = self._port.time, self._port.plan
        if time.is_over(plan.slot_end, since=max(since, time.clock.real_at(plan.slot_start))):
            raise DayMissed("nobody was there to begin before the slot ended")

    async def plan_another(self, why: str, *, ask: bool) -> None:
        """After a missed slot: the next day that can be had. `ask`: only when a person says so."""
        port = self._port
        self.is_cutting_over = False
        if ask:
            await port.human.ask(f"the day was missed again: {why}", actions=RETRY_OR_GIVE_UP)
        await self._find_another("no other day", slot_lost=True)
        what = f"day missed: {why}; the port is now on {port.plan.chosen_day}"
        await port.log.record(self._to_wait(TimelineCode.DAY_MISSED, what, self.moved))

    async def _find_another(self, problem: str, *, slot_lost: bool = False) -> None:
        while True:
            question = self._question(slot_lost=slot_lost)
            moved = await self._port.calls.read(PortInPlanActivities.move_day, question, name="move-day")
            if moved.plan is not None:
                self.take(moved)
                return
            await self._port.human.ask(f"{problem}: {moved.refused}", actions=RETRY_OR_GIVE_UP)

    async def what_if(self, wanted: str) -> MovedDay:
        """What the rules say about a day that a person asks for. Nothing is changed yet.

        Raises:
            CallFailed: the rules cannot be asked just now.
        """
        return await self._port.calls.attempt(
            PortInPlanActivities.move_day, self._question(wanted), policies.QUICK_READ
        )

    def take(self, moved: MovedDay) -> None:
        """The rules' new plan becomes the order's."""
        self._port.set_clock(moved.clock)
        self._port.set_plan(moved.plan or self._port.plan)
        self._moves += 1

    def _question(self, wanted: str = "", *, slot_lost: bool = False) -> MoveDay:
        agreement = self._agreement
        return MoveDay(
            plan=self._port.plan,
            wanted=wanted,
            slot_lost=slot_lost,
            first_possible=agreement.first_possible if agreement else None,
            agreed_at=agreement.received_at if agreement else None,
        )

    @property
    def moved(self) -> str:
        """The kind of the message about the newest move. Each move has its own, be it back to an earlier day."""
        return f"day_moved_{self._moves}"

    @property
    def waiting_for(self) -> WaitingFor:
        plan = self._port.plan
        return WaitingFor(
            party="the agreed day",
            what=f"{plan.chosen_day}, slot from {self.local(plan.slot_start)}",
            until=plan.slot_start,
            then="the cut-over begins",
        )

    def local(self, instant: datetime) -> str:
        """A legal instant as people in the number's territory read it."""
        return f"{instant.astimezone(ZoneInfo(self._port.plan.zone)):%A %d %B %Y %H:%M}"

    def _to_wait(
        self, code: TimelineCode, what: str, message: str, *, by: str = "relais", reason: str = ""
    ) -> Transition:
        """Into the wait for the planned day."""
        return Transition(
            code=code,
            what=what,
            by=by,
            reason=reason,
            day=self._port.plan.chosen_day,
            stage=PortInStage.WAITING_FOR_DAY,
            state=OrderState.PENDING,
            messages=self._port.messages_of_the_day(message),
            waiting_for=self.waiting_for,
            due=self._port.plan.slot_start,
        )
