"""A contract of ours ends: notice, last day, the line down, and the number kept for whoever may still port it.

Accepted elsewhere, the order plans by the rules (last day, what leaving costs, the number's fate), has the customer
show who he is, confirms on a durable medium, and waits. Until the end of the last day, the point of no return, the
customer may withdraw and nothing has been touched. Then the line goes down, the contract ends, and the last invoice is
asked for. The number's quarantine begins, and the settlement of the money is accepted as an order of its own.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contract_ends import ContractEndActivities, PlanTermination
    from domain.deliveries import DeliveryKind
    from domain.lines import LineNews
    from domain.orders import Actor, OrderResult, OrderState
    from domain.stages import TerminationStage
    from domain.termination import TerminationOrder
    from domain.timeline import TimelineCode
    from domain.updates import CancelRequest, Recorded
    from workflows.order.stops import Folded, OrderStopped, Refused
    from workflows.order.transition import Transition
    from workflows.order.workflow import OrderWorkflow
    from workflows.parts.identity import Identity
    from workflows.termination import descriptions
    from workflows.termination.customer_requests import CustomerRequests
    from workflows.termination.effect import Effect
    from workflows.termination.notice import Notice
    from workflows.termination.state import TerminationState


@workflow.defn(name="Termination")
class Termination(OrderWorkflow):
    """Termination of one contract."""

    context: TerminationState

    @workflow.init
    def __init__(self, order: TerminationOrder) -> None:
        self.context = TerminationState(order)
        self.identity = Identity(self.context, TerminationStage.IDENTIFYING)
        self.notice = Notice(self.context)
        self.effect = Effect(self.context)
        self.customer_requests = CustomerRequests(self.context, self.notice)
        self.context.inbox.handle(
            {DeliveryKind.CODE_CHECKED: self.identity.on_checked, DeliveryKind.LINE_NEWS: self.on_line_news}
        )

    @workflow.run
    async def run(self, order: TerminationOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        return await self.complete()

    async def process(self) -> None:
        """From the plan to the end of the contract."""
        await self.plan()
        await self.identity.run()
        await self.notice.run()
        await self.effect.run()

    async def plan(self) -> None:
        """The contract as customer care knows it, and what the rules say of its end."""
        state = self.context
        planned = await state.calls.read_with(
            ContractEndActivities.plan_termination,
            PlanTermination(order=state.order),
            Transition(
                code=TimelineCode.PLANNED,
                what="planned by the rules",
                stage=TerminationStage.CHECKING,
                state=OrderState.IN_PROGRESS,
                listed=False,
            ),
            name="plan",
        )
        state.set_clock(planned.clock)
        state.reach = planned.reach
        if planned.plan is None or planned.contract is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        state.take_plan(planned)

    async def stop(self, stop: OrderStopped) -> None:
        """The contract runs on as before, or a port out has ended it. One transition lets go of the line and tells the
        customer.
        """
        state = self.context
        await state.log.persist(stop.state.value)
        transition = state.stopped(TerminationStage.CLOSED, stop, "the contract runs on")
        if isinstance(stop, Folded) or state.line.gone_with:
            transition = state.stopped(
                TerminationStage.CLOSED, stop, "the contract has ended with the port out", message="ported"
            )
        await state.log.record(transition)

    async def on_line_news(self, news: LineNews) -> None:
        """A port out may have ended the contract."""
        state = self.context
        await state.line.on_news(news)
        if state.line.gone_with and not self.notice.is_over and not state.cancellation.is_requested:
            state.cancellation.request(Actor(by="relais", reason=f"{state.line.gone_with} has ended the contract"))

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        return self.recorded(await self.customer_requests.cancel(request))

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.customer_requests.check_cancel(request)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        self.customer_requests.check_cancel(request)
