"""What people may ask of a running port, and when it is too late. Every refusal is a sentence."""

from datetime import datetime

from domain.orders import Actor, OrderState
from domain.updates import CancelRequest, Recorded, RescheduleRequest
from workflows.asking import refusal_of_update
from workflows.calls import LocalCallFailed, cause_of
from workflows.port_in.day import Day
from workflows.port_in.port import Port


class Wishes:
    """The customer's cancel and change of date."""

    def __init__(self, port: Port, day: Day) -> None:
        self._port = port
        self._day = day

    def check_cancel(self, request: CancelRequest) -> None:
        """What can be said without looking at the clock.

        Raises:
            ApplicationError: why not.
        """
        self._check_open("cancel", request.by, request.reason)

    def check_reschedule(self, request: RescheduleRequest) -> None:
        """As for a cancel; besides there must be a plan to move.

        Raises:
            ApplicationError: why not.
        """
        self._check_open("reschedule", request.by, request.reason)
        if not request.date.strip():
            raise refusal_of_update("date is missing: an ISO date, or +5d for days from today")
        if not self._port.is_planned:
            raise refusal_of_update("the order is not planned yet: try again in a moment")

    async def cancel(self, request: CancelRequest) -> Recorded:
        """Recorded; it shows as done once the other side has acknowledged it.

        Raises:
            ApplicationError: too late, with the cut-off.
        """
        await self._port.desk.in_history("cancel")
        await self._check_cutoff("cancel")
        self.check_cancel(request)  # the look at the clock took time
        desk = self._port.desk
        desk.cancel = Actor(by=request.by, reason=request.reason)
        await desk.tell(
            state=OrderState.PENDING_CANCELLATION,
            what="cancel recorded",
            by=request.by,
            reason=request.reason,
            waiting_for=desk.status.waiting_for if desk.status.state is not OrderState.HELD else None,
            needs_attention=False,
            attention="",
        )
        return Recorded(
            state=OrderState.PENDING_CANCELLATION.value,
            message="recorded: done once the other side has acknowledged it",
        )

    async def reschedule(self, request: RescheduleRequest) -> Recorded:
        """The day moved, by the same rules as a first date.

        Raises:
            ApplicationError: too late, or the rules' sentence.
        """
        await self._port.desk.in_history("reschedule")
        await self._check_cutoff("reschedule")
        port, day, desk = self._port, self._day, self._port.desk
        while True:
            plan = port.plan
            try:
                moved = await day.what_if(request.date.strip())
            except LocalCallFailed as error:
                raise refusal_of_update(f"nothing changed, try again in a moment: {cause_of(error)}") from error
            # The rules took time: the story may have gone on, or another wish been faster.
            self.check_reschedule(request)
            self._check_cutoff_at(moved.clock.legal, "reschedule")
            if port.plan is plan:
                break
        if moved.plan is None:
            raise refusal_of_update(moved.refused)
        day.take(moved)
        what = f"moved to {port.plan.chosen_day}"
        if day.is_agreed:
            held = desk.status.state is OrderState.HELD
            await desk.tell(
                what=what,
                by=request.by,
                reason=request.reason,
                messages=[day.moved_message()],
                waiting_for=desk.status.waiting_for if held else day.waiting(),
                due=port.plan.slot_start,
            )
        else:
            await desk.remark(what, by=request.by, reason=request.reason)
        return Recorded(state=desk.status.state.value, message=f"the port is on {port.plan.chosen_day}")

    def _check_open(self, verb: str, by: str, reason: str) -> None:
        status = self._port.desk.status
        if not by.strip() or not reason.strip():
            raise refusal_of_update("by and reason must say who asks and why")
        if status.state.is_final:
            raise refusal_of_update(f"the order is {status.state.value} already")
        if status.point_of_no_return:
            raise refusal_of_update(
                f"too late to {verb}: the number has been ported, only a new order can bring it back"
            )
        if status.stage == "undoing" or self._port.desk.cancel:
            raise refusal_of_update("the order is being cancelled already")
        if self._day.cutting_over:
            raise refusal_of_update(f"too late to {verb}: the cut-over is under way")

    async def _check_cutoff(self, verb: str) -> None:
        """Once the donor has agreed, the eve's cut-off binds; before it, nothing is going to happen on that day yet."""
        if not self._cutoff_binds:
            return
        try:
            now = await self._port.time.glance()
        except LocalCallFailed as error:
            raise refusal_of_update(
                f"the legal clock cannot be read, try again in a moment: {cause_of(error)}"
            ) from error
        self._check_cutoff_at(now, verb)

    def _check_cutoff_at(self, now: datetime, verb: str) -> None:
        plan = self._port.plan
        if self._cutoff_binds and now >= plan.cancel_until:
            raise refusal_of_update(f"too late to {verb}: the eve's cut-off was {self._day.local(plan.cancel_until)}")

    @property
    def _cutoff_binds(self) -> bool:
        port = self._port
        return self._day.is_agreed and port.is_planned and port.desk.status.state is not OrderState.HELD
