"""What the customer may ask of a running port, and when it is too late. Every refusal is a sentence."""

from datetime import datetime

from domain.orders import Actor, OrderState
from domain.timeline import TimelineCode
from domain.updates import CancelRequest, Recorded, RescheduleRequest
from workflows.order.run_activity import CallFailed, cause_of
from workflows.order.transition import Transition
from workflows.port_in.day import Day
from workflows.port_in.state import PortInState


class CustomerRequests:
    """The customer's cancel and change of date."""

    def __init__(self, port: PortInState, day: Day) -> None:
        self._port = port
        self._day = day

    def check_cancel(self, request: CancelRequest) -> None:
        """What can be said without looking at the clock.

        Raises:
            ApplicationError: why not.
        """
        self._check("cancel", request.by, request.reason)

    def check_reschedule(self, request: RescheduleRequest) -> None:
        """As for a cancel; besides there must be a plan to move.

        Raises:
            ApplicationError: why not.
        """
        self._check("reschedule", request.by, request.reason)
        refused = self._port.log.update_refused
        if not request.date.strip():
            raise refused("date is missing: an ISO date, or +5d for days from today")
        if not self._port.is_planned:
            raise refused("the order is not planned yet: try again in a moment")

    async def cancel(self, request: CancelRequest) -> Recorded:
        """Recorded; it shows as done once the other side has acknowledged it.

        Raises:
            ApplicationError: too late, with the cut-off.
        """
        port = self._port
        await port.log.persist("cancel")
        await self._check_cutoff("cancel")
        self.check_cancel(request)  # the look at the clock took time
        port.cancellation.request(Actor(by=request.by, reason=request.reason))
        await port.log.record(
            Transition(
                code=TimelineCode.CANCEL_REQUESTED,
                what="cancel recorded",
                by=request.by,
                reason=request.reason,
                state=OrderState.PENDING_CANCELLATION,
                waiting_for=None if self._is_held else port.status.waiting_for,
                attention="",
            )
        )
        return Recorded(
            state=OrderState.PENDING_CANCELLATION.value,
            message="recorded: done once the other side has acknowledged it",
        )

    async def reschedule(self, request: RescheduleRequest) -> Recorded:
        """The day is moved, by the same rules as a first date.

        Raises:
            ApplicationError: too late, or the rules' sentence.
        """
        port, day = self._port, self._day
        await port.log.persist("reschedule")
        await self._check_cutoff("reschedule")
        while True:
            plan = port.plan
            try:
                moved = await day.what_if(request.date.strip())
            except CallFailed as error:
                why = f"nothing changed, try again in a moment: {cause_of(error)}"
                raise port.log.update_refused(why) from error
            # The rules took time: the order may have gone on, or another request been faster.
            self.check_reschedule(request)
            self._check_cutoff_at(moved.clock.legal, "reschedule")
            if port.plan is plan:
                break
        if moved.plan is None:
            raise port.log.update_refused(moved.refused)
        day.take(moved)
        await self._record_move(request)
        return Recorded(state=port.status.state.value, message=f"the port is on {port.plan.chosen_day}")

    async def _record_move(self, request: RescheduleRequest) -> None:
        port, day = self._port, self._day
        code, chosen = TimelineCode.RESCHEDULED, port.plan.chosen_day
        what = f"moved to {chosen}"
        if not day.is_agreed:
            await port.log.add_note(code, what, by=request.by, reason=request.reason, day=chosen)
            return
        await port.log.record(
            Transition(
                code=code,
                what=what,
                by=request.by,
                reason=request.reason,
                day=chosen,
                messages=port.messages_of_the_day(day.moved),
                waiting_for=port.status.waiting_for if self._is_held else day.waiting_for,
                due=port.plan.slot_start,
            )
        )

    def _check(self, verb: str, by: str, reason: str) -> None:
        port = self._port
        port.check_actor(by, reason)
        port.check_running()
        if port.status.point_of_no_return:
            raise port.log.update_refused(
                f"too late to {verb}: the number has been ported, only a new order can bring it back"
            )
        if port.is_undoing or port.cancellation.is_requested:
            raise port.log.update_refused("the order is being cancelled already")
        if self._day.is_cutting_over:
            raise port.log.update_refused(f"too late to {verb}: the cut-over is under way")

    async def _check_cutoff(self, verb: str) -> None:
        """Once the donor has agreed, the eve's cut-off binds; before it, nothing is going to happen on that day yet."""
        if not self._cutoff_binds:
            return
        try:
            now = await self._port.time.read()
        except CallFailed as error:
            why = f"the legal clock cannot be read, try again in a moment: {cause_of(error)}"
            raise self._port.log.update_refused(why) from error
        self._check_cutoff_at(now, verb)

    def _check_cutoff_at(self, now: datetime, verb: str) -> None:
        plan = self._port.plan
        if self._cutoff_binds and now >= plan.cancel_until:
            cutoff = self._day.local(plan.cancel_until)
            raise self._port.log.update_refused(f"too late to {verb}: the eve's cut-off was {cutoff}")

    @property
    def _cutoff_binds(self) -> bool:
        return self._day.is_agreed and self._port.is_planned and not self._is_held

    @property
    def _is_held(self) -> bool:
        return self._port.status.state is OrderState.HELD
