"""A customer brings a number from another operator.

Accepted elsewhere, the order plans its day by the national rules, reserves a SIM and a subscription at home, asks the
donor through the clearing house, waits for the day, cuts over, follows the acknowledgements of all operators, proves
that home serves the number, and closes. The point of no return is the clearing house's acceptance of *porting
performed* (`pivot.py`). Whatever stops the order before it is undone newest first; after it, the order only goes
forward.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.port_in_plans import PlanPortIn, PortInPlanActivities
    from domain.deliveries import DeliveryKind
    from domain.lines import LineChange
    from domain.orders import Actor, OrderResult, OrderState
    from domain.port_in import DossierMessage, PortInOrder
    from domain.stages import PortInStage
    from domain.timeline import TimelineCode, TimelineEvent
    from domain.updates import CancelRequest, Recorded, RescheduleRequest, ResolveAction
    from workflows.order.stops import DayMissed, OrderStopped, PerformedMeanwhile, Refused, TakenBack
    from workflows.order.transition import Transition
    from workflows.order.workflow import OrderWorkflow
    from workflows.port_in import descriptions
    from workflows.port_in.closing import Closing
    from workflows.port_in.customer_requests import CustomerRequests
    from workflows.port_in.cut_over import CutOver
    from workflows.port_in.day import Day
    from workflows.port_in.donor import DonorDialogue
    from workflows.port_in.reservation import Reservation
    from workflows.port_in.state import PortInState


@workflow.defn(name="PortIn")
class PortIn(OrderWorkflow):
    """Port in: home is the recipient."""

    @workflow.init
    def __init__(self, order: PortInOrder) -> None:
        self.context: PortInState = PortInState(order)
        self.reservation = Reservation(self.context)
        self.donor = DonorDialogue(self.context)
        self.day = Day(self.context, self.donor.inbox)
        self.cut_over = CutOver(self.context)
        self.closing = Closing(self.context)
        self.requests = CustomerRequests(self.context, self.day)
        self.context.inbox.handle(
            {
                DeliveryKind.DOSSIER_MESSAGE: self.on_dossier_message,
                DeliveryKind.PROFILE_PROGRESS: self.reservation.esim.on_progress,
            }
        )

    @workflow.run
    async def run(self, order: PortInOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        return await self.complete()

    async def process(self) -> None:
        """The whole port, from the plan to its proof."""
        await self.plan()
        await self.reservation.run()
        await self.port_as_agreed()
        await self.close(await self.closing.run())

    async def plan(self) -> None:
        """Days and deadlines by the national rules, after the registry has said who serves the number."""
        port = self.context
        planned = await port.calls.read_with(
            PortInPlanActivities.plan_port_in,
            PlanPortIn(order=port.order),
            Transition(
                code=TimelineCode.PLANNED,
                what="planned by the national rules",
                stage=PortInStage.RESERVING,
                state=OrderState.IN_PROGRESS,
                listed=False,
            ),
            name="plan",
        )
        port.set_clock(planned.clock)
        if planned.plan is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        port.set_plan(planned.plan)
        port.range_holder = planned.range_holder

    async def port_as_agreed(self) -> None:
        """Agree with the donor, then cut over on the day. A donor that takes its agreement back is asked again when a
        person says so.
        """
        while True:
            await self.day.agree(await self.donor.agree())
            try:
                return await self.cut_over_on_the_day()
            except TakenBack as taken_back:
                self.day.withdraw_agreement()
                await self.donor.refusal.after_agreement(taken_back.refusal)

    async def cut_over_on_the_day(self) -> None:
        """Wait for the day, then cut over. A missed day is planned once more; missed again, a person decides."""
        missed = 0
        while True:
            try:
                await self.day.wait()
                return await self.cut_over.run()
            except DayMissed as why:
                missed += 1
                await self.day.plan_another(str(why), ask=missed > 1)

    async def close(self, outcome: dict[str, object]) -> None:
        """Let go of the line and tell the customer, in one transaction."""
        port = self.context
        proof = f"{port.order.home} serves the number: proved by the reference database and the HLR"
        await port.log.record(
            Transition(
                after=(TimelineEvent(code=TimelineCode.PROVED, what=proof),),
                code=TimelineCode.CLOSED,
                what="completed; the line is free for other orders",
                stage=PortInStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=port.messages("completed"),
                release_line=True,
                line_changes=[LineChange.SWAPPED],
                outcome=outcome,
                attention="",
                due=None,
            )
        )

    async def stop(self, stop: OrderStopped) -> None:
        """Undo newest first, then let go of the line and tell the customer, in one transaction. If an undo finds the
        port performed, the order can only go forward.
        """
        try:
            await self.context.undo_all(stop)
        except PerformedMeanwhile:
            await self.cut_over.go_forward()
            await self.close(await self.closing.run())
        else:
            await self.close_undone(stop)

    async def close_undone(self, stop: OrderStopped) -> None:
        """Everything is undone: the order ends as it was stopped."""
        port = self.context
        await port.log.persist(stop.state.value)
        await port.log.record(port.stopped(PortInStage.CLOSED, stop, "everything is as it was before"))

    # What comes from outside: deliveries through the inbox, the customer by update.

    async def on_dossier_message(self, message: DossierMessage) -> None:
        port = self.context
        event = self.donor.inbox.on_message(message)
        if event is None:
            return
        if event.code is TimelineCode.LATE_ANSWER:
            await port.human.offer(ResolveAction.ACCEPT_LATE_ANSWER, event.code, event.what, by=port.order.donor)
        else:
            detail = message.model_dump(mode="json")
            await port.log.add_note(event.code, event.what, by=port.order.donor, detail=detail)

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        return await self.requests.cancel(request)

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.requests.check_cancel(request)

    @workflow.update(description=descriptions.RESCHEDULE)
    async def reschedule(self, request: RescheduleRequest) -> Recorded:
        return await self.requests.reschedule(request)

    @reschedule.validator
    def check_reschedule(self, request: RescheduleRequest) -> None:
        self.requests.check_reschedule(request)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        self.requests.check_cancel(request)
