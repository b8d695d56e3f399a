"""The day of the port: agreed with the donor's date, moved by the customer, waited for, planned again when missed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from temporalio import workflow

from activities.planning import MoveDay, MovedDay, PlanningActivities
from domain.orders import CustomerMessage, JournalEntry, OrderState, TimelineEvent, WaitingFor
from domain.port_in import DossierMessage
from rules.plans import PortPlan
from workflows import policies
from workflows.asking import RETRY_OR_GIVE_UP
from workflows.calls import call_locally
from workflows.port_in.hearing import Hearing
from workflows.port_in.port import Port
from workflows.stops import DayMissed, TakenBack


class Day:
    """When the cut-over is to be. The plan itself is the rules' work; this asks them, waits, and tells."""

    def __init__(self, port: Port, hearing: Hearing) -> None:
        self._port = port
        self._hearing = hearing
        self._agreed: DossierMessage | None = None
        self._moves = 0
        self.cutting_over = False

    @property
    def is_agreed(self) -> bool:
        """The donor has said yes: from here on the eve's cut-off binds the customer."""
        return self._agreed is not None

    async def agree(self, answer: DossierMessage) -> None:
        """The donor's yes; its first possible date moves the day only when it is later, or when the day has gone by
        while the donor was silent.
        """
        port = self._port
        self._agreed = answer
        because = ""
        later = answer.first_possible is not None and answer.first_possible > port.plan.slot_start
        if later or port.time.now() >= port.plan.slot_end:
            await self._find_another("no day fits the donor's answer")
            because = port.plan.moved_because
        await port.desk.tell(
            "waiting_for_day",
            OrderState.PENDING,
            what=f"{port.order.donor} agreed; the port is on {port.plan.chosen_day}",
            by=port.order.donor,
            reason=because,
            messages=[port.message("date_agreed", **port.day_fields())],
            waiting_for=self.waiting(),
            due=port.plan.slot_start,
        )

    def disagree(self) -> None:
        """The yes is no more."""
        self._agreed = None

    async def wait(self) -> None:
        """Sleep until the slot of the planned day begins; a moved day moves the sleep.

        Raises:
            Withdrawn: the customer cancelled in time.
            DayMissed: we were not there before the slot ended.
            TakenBack: the donor refused after its yes.
        """
        port, hearing, since = self._port, self._hearing, workflow.now()
        while True:
            plan = port.plan
            begun = await port.time.until(
                plan.slot_start,
                unless=lambda p=plan: bool(port.desk.cancel or hearing.taken_back or port.plan is not p),  # type: ignore[misc]
                summary=f"the day of the port, {plan.chosen_day}",
                compose=lambda p=plan: None if self._is_over(p, since) else self._beginning(p),  # type: ignore[misc]
            )
            port.desk.stop_if_cancelled()
            if hearing.taken_back:
                raise TakenBack(hearing.taken_back)
            if not begun:
                continue
            if self._is_over(plan, since):
                raise DayMissed("nobody was there to begin before the slot ended")
            if isinstance(begun, JournalEntry):
                port.desk.adopt(begun, listed_too=False)
            return

    def _is_over(self, plan: PortPlan, since: datetime) -> bool:
        """A slot binds the start of the cut-over; it could begin once the slot had, and we waited for it."""
        time = self._port.time
        return time.is_over(plan.slot_end, since=max(since, time.clock.real_at(plan.slot_start)))

    async def plan_another(self, why: str, *, ask: bool) -> None:
        """After a missed slot: the next day that can be had, at once the first time and on a person's word from then
        on.
        """
        port = self._port
        if ask:
            await port.desk.ask_human(f"the day was missed again: {why}", actions=RETRY_OR_GIVE_UP)
        await self._find_another("no other day", slot_lost=True)
        await port.desk.tell(
            "waiting_for_day",
            OrderState.PENDING,
            what=f"day missed: {why}; the port is now on {port.plan.chosen_day}",
            messages=[self.moved_message()],
            waiting_for=self.waiting(),
            due=port.plan.slot_start,
        )

    async def _find_another(self, trouble: str, *, slot_lost: bool = False) -> None:
        desk = self._port.desk
        while True:
            moved = await desk.consult(
                PlanningActivities.move_day, self._question(slot_lost=slot_lost), name="move-day", party="rules"
            )
            if moved.plan is not None:
                self.take(moved)
                return
            await desk.ask_human(f"{trouble}: {moved.refused}", actions=RETRY_OR_GIVE_UP)

    async def what_if(self, wanted: str) -> MovedDay:
        """The rules' word on a day that a person asks for: nothing is changed yet.

        Raises:
            LocalCallFailed: the rules cannot be asked just now.
        """
        return await call_locally(PlanningActivities.move_day, self._question(wanted), policies.QUICK_READ)

    def take(self, moved: MovedDay) -> None:
        """The rules' new plan is ours."""
        self._port.time.clock = moved.clock
        self._port.plan = moved.plan or self._port.plan
        self._moves += 1

    def _question(self, wanted: str = "", *, slot_lost: bool = False) -> MoveDay:
        agreed = self._agreed
        return MoveDay(
            plan=self._port.plan,
            wanted=wanted,
            slot_lost=slot_lost,
            first_possible=agreed.first_possible if agreed else None,
            agreed_at=agreed.received_at if agreed else None,
        )

    def moved_message(self) -> CustomerMessage:
        """One message for each time the day moves, be it back to a day told before."""
        return self._port.message(f"day_moved_{self._moves}", **self._port.day_fields())

    def waiting(self) -> WaitingFor:
        return WaitingFor(
            party="the agreed day",
            what=f"{self._port.plan.chosen_day}, slot from {self.local(self._port.plan.slot_start)}",
            until=self._port.plan.slot_start,
            then="the cut-over begins",
        )

    def local(self, instant: datetime) -> str:
        """A legal instant as people in the number's territory read it."""
        return f"{instant.astimezone(ZoneInfo(self._port.plan.zone)):%A %d %B %Y %H:%M}"

    def _beginning(self, plan: PortPlan) -> JournalEntry:
        events = [TimelineEvent(what="the day has come: cut-over begins")]
        return self._port.desk.compose("cutting_over", OrderState.IN_PROGRESS, events=events, due=plan.slot_end)
