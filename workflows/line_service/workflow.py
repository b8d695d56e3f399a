"""A line is barred, unbarred, locked or unlocked, or its stolen handset blocked; whatever other order holds the line.

Each is one effect without an undo: the opposite is an order of its own. A lock is closed with its acceptance already;
the others do their work here.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.lines import Declaration, LineAction, LineChange, LineServiceOrder
    from domain.orders import Actor, OrderResult, OrderState
    from domain.stages import LineServiceStage
    from domain.timeline import TimelineCode
    from domain.updates import CancelRequest, DeclareRequest, Recorded
    from workflows.line_service import descriptions
    from workflows.line_service.handset import HandsetBlock
    from workflows.line_service.service_switch import ServiceSwitch
    from workflows.line_service.state import LineServiceState
    from workflows.line_service.unlock import UnlockDelay
    from workflows.order.stops import OrderStopped
    from workflows.order.transition import Transition
    from workflows.order.workflow import OrderWorkflow

DONE = {
    LineAction.BAR: "barred",
    LineAction.UNBAR: "unbarred",
    LineAction.LOCK: "locked: no SIM replacement and no port out until it is unlocked",
    LineAction.UNLOCK: "unlocked",
    LineAction.BLOCK_HANDSET: "the handset is blocked on all networks",
}


@workflow.defn(name="LineService")
class LineService(OrderWorkflow):
    """One service for one line."""

    context: LineServiceState

    @workflow.init
    def __init__(self, order: LineServiceOrder) -> None:
        self.context = LineServiceState(order)
        self.switch = ServiceSwitch(self.context)
        self.unlock_delay = UnlockDelay(self.context)
        self.handset = HandsetBlock(self.context)

    @workflow.run
    async def run(self, order: LineServiceOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        return await self.complete()

    async def process(self) -> None:
        """The service, and the holder told of it."""
        action = self.context.order.action
        if action in (LineAction.BAR, LineAction.UNBAR):
            await self.switch.run()
        await self.context.look_up_reach()
        if action is LineAction.UNLOCK:
            await self.unlock_delay.run()
        if action is LineAction.BLOCK_HANDSET:
            await self.handset.run()
        await self.close()

    async def close(self) -> None:
        """Done, and the holder told."""
        action = self.context.order.action
        await self.context.log.record(
            Transition(
                code=TimelineCode.CLOSED,
                what=DONE[action],
                stage=LineServiceStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=self.context.messages(action.value),
                line_changes=[LineChange.UNLOCKED] if action is LineAction.UNLOCK else [],
                outcome={"action": action.value},
                attention="",
            )
        )

    async def stop(self, stop: OrderStopped) -> None:
        """Stopped before its effect: nothing to undo."""
        state = self.context
        await state.look_up_reach()
        action = state.order.action.value
        await state.log.record(state.stopped(LineServiceStage.CLOSED, stop, "the line is as it was", action=action))

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        await self.context.log.persist("cancel")
        self.check_cancel(request)
        self.context.cancellation.request(Actor(by=request.by, reason=request.reason))
        return self.recorded("recorded")

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.check_temporal_cancel(request)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        """Possible while the order waits for the delay or the declaration."""
        state = self.context
        state.check_actor(request.by, request.reason)
        state.check_running()
        if state.status.stage != LineServiceStage.WAITING:
            raise state.log.update_refused("too late to cancel: ask for the opposite instead")
        if state.cancellation.is_requested:
            raise state.log.update_refused("the order is being cancelled already")

    @workflow.update(description=descriptions.DECLARE)
    async def declare(self, request: DeclareRequest) -> Recorded:
        await self.context.log.persist("declare")
        self.check_declare(request)
        assert request.filed_at is not None
        self.handset.declaration = Declaration(reference=request.reference.strip(), filed_at=request.filed_at)
        what = "police declaration received"
        await self.context.log.add_note(TimelineCode.DECLARATION_RECEIVED, what, by=request.by)
        return self.recorded("recorded: the handset is blocked now")

    @declare.validator
    def check_declare(self, request: DeclareRequest) -> None:
        state = self.context
        if state.order.action is not LineAction.BLOCK_HANDSET:
            raise state.log.update_refused("this order blocks no handset")
        if self.handset.declaration is not None:
            raise state.log.update_refused("the declaration is there already")
        state.check_running()
        if not request.by.strip() or not request.reference.strip() or request.filed_at is None:
            raise state.log.update_refused(
                "by, reference and filed_at must say who tells which declaration, and when it was"
            )
        if state.is_clock_known and request.filed_at > state.time.now():
            raise state.log.update_refused("filed_at is in the future")
