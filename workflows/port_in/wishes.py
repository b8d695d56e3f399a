"""What people may ask of a running port, and when it is too late. Every refusal is a sentence."""

from domain.orders import Actor, OrderState
from domain.updates import CancelRequest, Recorded, RescheduleRequest
from rules.france.deadlines import cancel_allowed
from workflows.desk import refusal_of_update
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
        await self._check_cutoff("cancel")
        self.check_cancel(request)  # the look at the clock took time
        desk = self._port.desk
        desk.cancel = Actor(by=request.by, reason=request.reason)
        await desk.tell(
            state=OrderState.PENDING_CANCELLATION,
            what="cancel recorded",
            by=request.by,
            reason=request.reason,
            waiting_for=desk.status.waiting_for,
        )
        return Recorded(state=desk.status.state.value, message="recorded: done once the other side has acknowledged it")

    async def reschedule(self, request: RescheduleRequest) -> Recorded:
        """The day moved, by the same rules as a first date.

        Raises:
            ApplicationError: too late, or the rules' sentence.
        """
        await self._check_cutoff("reschedule")
        refused = await self._day.move(request.date.strip())
        if refused:
            raise refusal_of_update(refused)
        port = self._port
        what = f"moved to {port.plan.chosen_day}"
        if self._day.is_agreed:
            await port.desk.tell(
                what=what,
                by=request.by,
                reason=request.reason,
                messages=[port.message(f"day_moved_{port.plan.chosen_day}", **port.day_fields())],
                waiting_for=self._day.waiting(),
                due=port.plan.slot_start,
            )
        else:
            await port.desk.remark(what, by=request.by, reason=request.reason)
        return Recorded(state=port.desk.status.state.value, message=f"the port is on {port.plan.chosen_day}")

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
        port = self._port
        if not (self._day.is_agreed and port.is_planned) or port.desk.status.state is OrderState.HELD:
            return
        now = await port.time.read()
        if not cancel_allowed(port.plan, now):
            cutoff = self._day.local(port.plan.cancel_until)
            raise refusal_of_update(f"too late to {verb}: the eve's cut-off was {cutoff}")
