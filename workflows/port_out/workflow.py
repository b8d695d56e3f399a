"""Another operator asks for one of our numbers: a good donor lets it go, in time, and tells the holder first.

Accepted by the inbox, the order knows its deadline, is judged on the legal grounds alone, waits with
a delayed answer where a fraud is suspected, tells the holder, and answers. The line goes on working until the recipient
declares the port performed, the point of no return. Until then a cancel leaves everything as it was. After it the SIM
goes out of service, the contract ends, and the money is settled, however long our own systems are away.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.port_out import PlanPortOut, PortOutActivities
    from activities.port_out_answer import DossierNow
    from domain.deliveries import DeliveryKind
    from domain.orders import Actor, OrderResult, OrderState
    from domain.port_in import DossierMessage
    from domain.port_out import PortOutOrder, PortPerformed
    from domain.refusals import block_code
    from domain.stages import PortOutStage
    from domain.timeline import TimelineCode
    from domain.updates import CancelRequest, FreezeRequest, Recorded
    from workflows.order.stops import Expired, OrderStopped, Refused, Withdrawn
    from workflows.order.transition import Transition
    from workflows.order.workflow import ReviewedWorkflow
    from workflows.port_out import descriptions
    from workflows.port_out.agreement import Agreement
    from workflows.port_out.answer import Answer
    from workflows.port_out.deadline import Deadline
    from workflows.port_out.decision import Decision
    from workflows.port_out.end_after_port import EndAfterPort
    from workflows.port_out.freeze import Freeze
    from workflows.port_out.state import PortOutState

ONLY_THE_RECIPIENT = "only the recipient may cancel a port; the holder's stop, until our answer, is freeze"


@workflow.defn(name="PortOut")
class PortOut(ReviewedWorkflow):
    """Port out of one number."""

    context: PortOutState

    @workflow.init
    def __init__(self, order: PortOutOrder) -> None:
        self.context = PortOutState(order)
        self.deadline = Deadline(self.context)
        self.decision = Decision(self.context, self.deadline)
        self.answer = Answer(self.context)
        self.agreement = Agreement(self.context)
        self.end_after_port = EndAfterPort(self.context)
        self.freezing = Freeze(self.context)
        self.context.inbox.handle(
            {
                DeliveryKind.DOSSIER_MESSAGE: self.on_dossier_message,
                DeliveryKind.LINE_NEWS: self.context.line.on_news,
                DeliveryKind.CODE_CHECKED: self.freezing.on_checked,
            }
        )

    @workflow.run
    async def run(self, order: PortOutOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        return await self.complete()

    async def process(self) -> None:
        """From the request to the end of the contract. An order that was backfilled from the registry has left
        already.
        """
        await self.plan()
        await self.context.inbox.read()  # the recipient may have cancelled, or performed the port, meanwhile
        if self.context.performed is None:
            await self.decide_and_answer()
        assert self.context.performed is not None
        await self.end_after_port.run(self.context.performed)

    async def plan(self) -> None:
        """Until when we have to answer."""
        state = self.context
        planned = await state.calls.read_with(
            PortOutActivities.plan_port_out,
            PlanPortOut(order=state.order),
            Transition(
                code=TimelineCode.PLANNED,
                what="deadline by the rules",
                stage=PortOutStage.CHECKING,
                state=OrderState.IN_PROGRESS,
                listed=False,
            ),
            name="plan",
            forward_only=True,
        )
        state.set_clock(planned.clock)
        state.take_plan(planned.plan)

    async def decide_and_answer(self) -> None:
        """The number must be let go, the recipient knows from when on, and has ported it."""
        self.deadline.begin()
        dossier = None
        while dossier is None:
            await self.decision.run()
            if self.context.performed:
                return
            first_possible = await self.answer.first_possible()
            self.decision.stop_if_frozen()
            dossier = await self.answer.agree(first_possible)
        if not self._is_performed_in(dossier):
            await self.agreement.run(first_possible)

    async def stop(self, stop: OrderStopped) -> None:
        """A refusal is answered. A cancel, or an agreement that has expired, needs no answer."""
        await self.context.log.persist(stop.state.value)
        if isinstance(stop, Refused):
            await self.answer_no(stop)
        else:
            await self.close_without(stop)

    async def answer_no(self, refused: Refused) -> None:
        """The line is let go of before the refusal leaves, so that a corrected request finds it free."""
        refusal = refused.refusal
        assert refusal is not None
        await self.context.log.record(
            Transition(
                code=TimelineCode.REFUSED,
                what=f"refused: {refusal.code.value}",
                by=refused.actor.by,
                reason=refused.actor.reason,
                stage=PortOutStage.ANSWERING,
                state=OrderState.IN_PROGRESS,
                release_line=True,
                refusal=refusal,
                attention="",
                listed=False,
            )
        )
        dossier = await self.answer.refuse(block_code(refusal.code) or "", refusal.raw_text)
        if dossier.status == "cancelled":
            await self.close_without(self._cancelled_by_recipient())
        else:
            await self.close_without(refused)

    async def close_without(self, stop: OrderStopped) -> None:
        """The number stays. One transition lets go of the line and tells the holder."""
        state, kind = self.context, "expired" if isinstance(stop, Expired) else ""
        await state.log.record(state.stopped(PortOutStage.CLOSED, stop, "the number stays with us", message=kind))

    async def end(self) -> None:
        """The deadline is watched beside the process."""
        await self.deadline.end()

    def _is_performed_in(self, dossier: DossierNow) -> bool:
        """What became of the dossier while our answer was on its way.

        Raises:
            Withdrawn, Expired: the recipient did not wait for it.
        """
        state = self.context
        if dossier.status == "performed" and state.performed is None:
            state.performed = PortPerformed(at=dossier.actual or state.time.now())
        if dossier.status == "cancelled":
            raise self._cancelled_by_recipient()
        if dossier.status == "expired":
            raise Expired(Actor(by="rules", reason="the dossier has expired"))
        return state.performed is not None

    def _cancelled_by_recipient(self) -> Withdrawn:
        return Withdrawn(Actor(by=self.context.order.recipient, reason="cancelled by the recipient"))

    async def on_dossier_message(self, message: DossierMessage) -> None:
        """The clearing house, about the order's dossier."""
        state, recipient = self.context, self.context.order.recipient
        received = message.received_at or workflow.now()
        if message.type == "portingperformed" and state.performed is None:
            at = min(message.actual or received, received)  # nobody pays for a day that is still to come
            state.performed = PortPerformed(at=at, message_id=message.message_id)
        elif message.type == "cancel" and state.performed is None:
            state.cancellation.request(Actor(by=recipient, reason=message.note or "cancelled by the recipient"))
        else:
            detail = message.model_dump(mode="json")
            await state.log.add_note(TimelineCode.MESSAGE_NOTED, f"{message.type} noted", by=recipient, detail=detail)

    @workflow.update(description=descriptions.FREEZE)
    async def freeze(self, request: FreezeRequest) -> Recorded:
        return self.recorded(await self.freezing.request(request))

    @freeze.validator
    def check_freeze(self, request: FreezeRequest) -> None:
        self.freezing.check(request)

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:  # noqa: ARG002 - never granted, whoever asks
        raise self.context.log.update_refused(ONLY_THE_RECIPIENT)

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:  # noqa: ARG002
        raise self.context.log.update_refused(ONLY_THE_RECIPIENT)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        self.check_cancel(request)
