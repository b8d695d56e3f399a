"""The day of the port: agreed with the donor's date, moved by the customer, waited for, planned again when missed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from activities.planning import MoveDay, PlanningActivities
from domain.orders import JournalEntry, OrderState, TimelineEvent, WaitingFor
from domain.port_in import DossierMessage
from workflows import calls
from workflows.port_in.port import RETRY_OR_GIVE_UP, Port


class Day:
    """When the cut-over is to be. The plan itself is the rules' work; this asks them, waits, and tells."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._agreed: DossierMessage | None = None
        self.cutting_over = False

    @property
    def is_agreed(self) -> bool:
        """The donor has said yes: from here on the eve's cut-off binds the customer."""
        return self._agreed is not None

    async def agree(self, answer: DossierMessage) -> None:
        """The donor's yes; its first possible date moves the day only when it is later."""
        port = self._port
        self._agreed = answer
        because = ""
        if answer.first_possible is not None and answer.first_possible > port.plan.slot_start:
            refused = await self.move()
            while refused:
                await port.desk.ask_human(f"no day fits the donor's answer: {refused}", actions=RETRY_OR_GIVE_UP)
                refused = await self.move()
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

    async def wait(self) -> None:
        """Sleep until the slot of the planned day begins; a moved day moves the sleep.

        Raises:
            Withdrawn: the customer cancelled in time.
        """
        port = self._port
        while True:
            plan = port.plan
            begun = await port.time.until(
                plan.slot_start,
                unless=lambda p=plan: port.desk.cancel is not None or port.plan is not p,  # type: ignore[misc]
                summary=f"the day of the port, {plan.chosen_day}",
                compose=self._beginning,
            )
            port.desk.stop_if_cancelled()
            if isinstance(begun, JournalEntry):
                port.desk.adopt(begun, listed_too=False)
                return

    async def move(self, wanted: str = "", *, slot_lost: bool = False) -> str:
        """Have the rules plan the day again; returns the sentence that refuses, '' when the plan is replaced."""
        port, agreed = self._port, self._agreed
        moved = await calls.read(
            PlanningActivities.move_day,
            MoveDay(
                plan=port.plan,
                wanted=wanted,
                slot_lost=slot_lost,
                first_possible=agreed.first_possible if agreed else None,
                agreed_at=agreed.received_at if agreed else None,
            ),
            activity_id="move-day",
            summary="rules: plan the day again",
        )
        port.time.clock = moved.clock
        if moved.plan is not None:
            port.plan = moved.plan
        return moved.refused

    async def plan_another(self, why: str, *, ask: bool) -> None:
        """After a missed slot: the next day that can be had, at once the first time and on a person's word from then
        on.
        """
        port = self._port
        if ask:
            await port.desk.ask_human(f"the day was missed again: {why}", actions=RETRY_OR_GIVE_UP)
        refused = await self.move(slot_lost=True)
        while refused:
            await port.desk.ask_human(f"no other day: {refused}", actions=RETRY_OR_GIVE_UP)
            refused = await self.move(slot_lost=True)
        await port.desk.tell(
            "waiting_for_day",
            OrderState.PENDING,
            what=f"day missed: {why}; the port is now on {port.plan.chosen_day}",
            messages=[port.message(f"day_moved_{port.plan.chosen_day}", **port.day_fields())],
            waiting_for=self.waiting(),
            due=port.plan.slot_start,
        )

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

    def _beginning(self) -> JournalEntry:
        events = [TimelineEvent(what="the day has come: cut-over begins")]
        return self._port.desk.compose(
            "cutting_over", OrderState.IN_PROGRESS, events=events, due=self._port.plan.slot_end
        )
