"""A line is barred, unbarred, locked or unlocked, or its stolen handset blocked; whatever other order holds the line.

Each is one effect without an undo: the opposite is an order of its own. A lock is closed with its acceptance already;
the others do their work here.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.lines import Declaration, LineAction, LineChange, LineServiceOrder, LineServiceResult
    from domain.orders import ACCEPTED, Actor, OrderState
    from domain.updates import CancelRequest, DeclareRequest, Recorded
    from workflows.asking import refusal_of_update
    from workflows.current_details import CANCEL, Page
    from workflows.desk import Desk
    from workflows.desk_updates import DeskUpdates
    from workflows.line_service import descriptions
    from workflows.line_service.handset import Handset
    from workflows.line_service.service import Service
    from workflows.line_service.service_switch import ServiceSwitch
    from workflows.line_service.unlocking import Unlocking
    from workflows.shielding import shielded
    from workflows.stops import OrderStopped

DECLARE = '`declare` with `{"by": "your name", "reference": "PV …", "filed_at": "2026-06-03T10:00:00+02:00"}`'

PAGES = {
    LineAction.BAR: Page(stages=("accepted", "closed"), updates=()),
    LineAction.UNBAR: Page(stages=("accepted", "closed"), updates=()),
    LineAction.LOCK: Page(stages=("accepted", "closed"), updates=()),
    LineAction.UNLOCK: Page(stages=("accepted", "waiting", "closed"), updates=(CANCEL,)),
    LineAction.BLOCK_HANDSET: Page(stages=("accepted", "waiting", "blocking", "closed"), updates=(DECLARE, CANCEL)),
}

DONE = {
    LineAction.BAR: "barred",
    LineAction.UNBAR: "unbarred",
    LineAction.LOCK: "locked: no SIM replacement and no port out until it is unlocked",
    LineAction.UNLOCK: "unlocked",
    LineAction.BLOCK_HANDSET: "the handset is blocked on all networks",
}


@workflow.defn(name="LineService")
class LineService(DeskUpdates):
    """One service for one line."""

    @workflow.init
    def __init__(self, order: LineServiceOrder) -> None:
        self.order = order
        self.desk = Desk(order.order_id, ACCEPTED, PAGES[order.action].local_to(order.zone))
        self.service = Service(order, self.desk)
        self.switch = ServiceSwitch(self.service)
        self.unlocking = Unlocking(self.service)
        self.handset = Handset(self.service)

    @workflow.run
    async def run(self, order: LineServiceOrder) -> LineServiceResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return LineServiceResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """The service, and the holder told of it."""
        try:
            if self.order.action in (LineAction.BAR, LineAction.UNBAR):
                await self.switch.run()
            await self.service.learn_the_reach()
            if self.order.action is LineAction.UNLOCK:
                await self.unlocking.run()
            if self.order.action is LineAction.BLOCK_HANDSET:
                await self.handset.run()
        except OrderStopped as stop:
            await self.close_without(stop)
        else:
            await self.close()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def close(self) -> None:
        """Done, and told."""
        unlocked = [LineChange.UNLOCKED] if self.order.action is LineAction.UNLOCK else []
        await self.desk.tell(
            "closed",
            OrderState.COMPLETED,
            what=DONE[self.order.action],
            messages=self.service.messages(self.order.action.value),
            line_changes=unlocked,
            outcome={"action": self.order.action.value},
            needs_attention=False,
            attention="",
        )

    async def close_without(self, stop: OrderStopped) -> None:
        """Stopped before its effect: nothing to undo."""
        await self.service.learn_the_reach()
        await self.desk.tell(
            "closed",
            stop.state,
            what=f"{stop.state.value}; the line is as it was",
            by=stop.actor.by,
            reason=stop.actor.reason,
            messages=self.service.messages(stop.state.value, action=self.order.action.value),
            refusal=stop.refusal,
            needs_attention=False,
            attention="",
        )

    # What people send.

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        await self.desk.in_history("cancel")
        self.check_cancel(request)
        self.desk.cancel = Actor(by=request.by, reason=request.reason)
        return self.recorded("recorded")

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        status = self.desk.status
        if not request.by.strip() or not request.reason.strip():
            raise refusal_of_update("by and reason must say who asks and why")
        if status.state.is_final:
            raise refusal_of_update(f"the order is {status.state.value} already")
        if status.stage != "waiting":
            raise refusal_of_update("too late to cancel: ask for the opposite instead")
        if self.desk.cancel:
            raise refusal_of_update("the order is being cancelled already")

    @workflow.update(description=descriptions.DECLARE)
    async def declare(self, request: DeclareRequest) -> Recorded:
        await self.desk.in_history("declare")
        self.check_declare(request)
        assert request.filed_at is not None
        self.handset.declaration = Declaration(reference=request.reference.strip(), filed_at=request.filed_at)
        await self.desk.remark("police declaration received", by=request.by)
        return self.recorded("recorded: the handset is blocked now")

    @declare.validator
    def check_declare(self, request: DeclareRequest) -> None:
        if self.order.action is not LineAction.BLOCK_HANDSET:
            raise refusal_of_update("this order blocks no handset")
        if self.handset.declaration is not None:
            raise refusal_of_update("the declaration is there already")
        if self.desk.status.state.is_final:
            raise refusal_of_update(f"the order is {self.desk.status.state.value} already")
        if not request.by.strip() or not request.reference.strip() or request.filed_at is None:
            raise refusal_of_update("by, reference and filed_at must say who tells which declaration, and when it was")
        if self.service.is_timed and request.filed_at > self.service.time.now():
            raise refusal_of_update("filed_at is in the future")

    def _cancelled_in_temporal(self) -> None:
        """Temporal's own cancel counts as a cancel by the desk where one is possible."""
        request = CancelRequest(by="temporal", reason="cancelled in Temporal")
        try:
            self.check_cancel(request)
        except ApplicationError as too_late:
            workflow.logger.warning("cancel refused: %s", too_late)
            return
        self.desk.cancel = Actor(by=request.by, reason=request.reason)
