"""The base of every order's workflow: it runs the process to its end whatever Temporal's own cancel says, reads the
inbox when it is woken, and takes what a person may send to any order.
"""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.orders import Actor, OrderResult, OrderStatus
from domain.timeline import TimelineCode
from domain.updates import CancelRequest, NoteRequest, Recorded, ResolveAction, ResolveRequest, ReviewRequest
from workflows.order import descriptions
from workflows.order.context import OrderContext
from workflows.order.shield import shielded
from workflows.order.stops import OrderStopped


class OrderWorkflow:
    """A kind of order defines `process` and `stop`, and calls `complete` in its `run`."""

    context: OrderContext[Any]

    async def process(self) -> None:
        """The story of an order that goes well, from the plan to its end."""
        raise NotImplementedError

    async def stop(self, stop: OrderStopped) -> None:
        """The end of an order that was stopped before its point of no return."""
        raise NotImplementedError

    async def end(self) -> None:
        """What remains once the order has ended either way: the tasks that ran beside the process."""

    async def complete(self) -> OrderResult:
        """Run the process to its end. Temporal's own cancel counts as a cancel by the desk where one is still
        possible, and is refused silently elsewhere.
        """
        await shielded(self._run(), on_cancel=self._on_temporal_cancel)
        return OrderResult(order_id=self.context.order.order_id, state=self.context.status.state.value)

    async def _run(self) -> None:
        try:
            await self.process()
        except OrderStopped as stop:
            await self.stop(stop)
        await self.end()
        await workflow.wait_condition(workflow.all_handlers_finished)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        """Whether a cancel is still possible.

        Raises:
            ApplicationError: it is not.
        """
        raise NotImplementedError

    def _on_temporal_cancel(self) -> None:
        request = CancelRequest(by="temporal", reason="cancelled in Temporal")
        try:
            self.check_temporal_cancel(request)
        except ApplicationError as too_late:
            workflow.logger.warning("cancel refused: %s", too_late)
            return
        self.context.cancellation.request(Actor(by=request.by, reason=request.reason))

    def recorded(self, message: str) -> Recorded:
        """The answer of an update: the state now, and what happens next."""
        return Recorded(state=self.context.status.state.value, message=message)

    @workflow.signal(description=descriptions.WAKE)
    async def wake(self) -> None:
        await self.context.inbox.read()

    @workflow.update(description=descriptions.RESOLVE)
    async def resolve(self, request: ResolveRequest) -> Recorded:
        await self.context.human.decide(request)
        return self.recorded(f"recorded: {request.action}")

    @resolve.validator
    def check_resolve(self, request: ResolveRequest) -> None:
        self.context.human.check(request)

    @workflow.update(description=descriptions.NOTE)
    async def note(self, request: NoteRequest) -> Recorded:
        await self.context.log.add_note(TimelineCode.NOTE, "note", by=request.by, reason=request.text)
        return self.recorded("noted")

    @note.validator
    def check_note(self, request: NoteRequest) -> None:
        if not request.by.strip() or not request.text.strip():
            raise self.context.log.update_refused("by and text must say who notes what")

    @workflow.query(description=descriptions.STATUS)
    def status(self) -> OrderStatus:
        return self.context.status


class ReviewedWorkflow(OrderWorkflow):
    """Of an order that a person may have to review first."""

    @workflow.update(description=descriptions.RELEASE)
    async def release(self, request: ReviewRequest) -> Recorded:
        await self.context.human.decide(_as_decision(request, ResolveAction.RELEASE))
        return self.recorded("released: the order goes on")

    @release.validator
    def check_release(self, request: ReviewRequest) -> None:
        self.context.human.check(_as_decision(request, ResolveAction.RELEASE))

    @workflow.update(description=descriptions.REFUSE)
    async def refuse(self, request: ReviewRequest) -> Recorded:
        await self.context.human.decide(_as_decision(request, ResolveAction.REFUSE))
        return self.recorded("refused: everything is given back")

    @refuse.validator
    def check_refuse(self, request: ReviewRequest) -> None:
        self.context.human.check(_as_decision(request, ResolveAction.REFUSE))


def _as_decision(request: ReviewRequest, action: ResolveAction) -> ResolveRequest:
    return ResolveRequest(by=request.by, reason=request.reason, action=action.value)
