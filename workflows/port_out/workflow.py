"""Another operator asks for one of our numbers: a good donor lets it go, in time, and tells the holder first.

Accepted by the inbox, the order knows its deadline, is judged on the legal grounds alone, waits
with a delayed answer where something smells of fraud, tells the holder, and answers. The line goes on working until the
recipient declares the port performed, the point of no return: until then a cancel leaves everything as it was; after it
the SIM goes out of service, the contract ends, and the money is settled, however long our own systems are away.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.port_out import PlanPortOut, PortOutActivities
    from activities.port_out_answer import DossierNow
    from domain.authentication import CodeChecked
    from domain.lines import LineNews
    from domain.orders import ACCEPTED, Actor, OrderState, TimelineEvent
    from domain.port_in import DossierMessage
    from domain.port_out import PortOutOrder, PortOutResult, PortPerformed
    from domain.refusals import block_code
    from domain.updates import CancelRequest, FreezeRequest, Recorded
    from workflows import descriptions as common
    from workflows.asking import refusal_of_update
    from workflows.current_details import Page
    from workflows.desk import Desk
    from workflows.desk_updates import ReviewUpdates
    from workflows.legal_time import LegalTime
    from workflows.port_out import descriptions
    from workflows.port_out.agreement import Agreement
    from workflows.port_out.answering import Answering
    from workflows.port_out.deadline import Deadline
    from workflows.port_out.deciding import Deciding
    from workflows.port_out.departure import Departure
    from workflows.port_out.freezing import Freezing
    from workflows.port_out.leaving import Leaving
    from workflows.shielding import shielded
    from workflows.stops import Expired, OrderStopped, Refused, Withdrawn

ONLY_THE_RECIPIENT = "only the recipient may cancel a port; the holder's stop, until our answer, is freeze"

FREEZE = (
    '`freeze` with `{"by": "your name", "reason": "why", "authentication": {"method": "in_shop", '
    '"agent": "your name"}}`'
)

PAGE = Page(
    stages=("accepted", "checking", "agreed", "leaving", "closed"),
    pivot="agreed",
    at_hand="the recipient declares the port when it chooses",
    updates=(FREEZE,),
)


@workflow.defn(name="PortOut")
class PortOut(ReviewUpdates):
    """Port out of one number."""

    @workflow.init
    def __init__(self, order: PortOutOrder) -> None:
        self.order = order
        self.desk = Desk(order.order_id, ACCEPTED, PAGE.local_to(order.zone))
        self.departure = Departure(order, self.desk, performed=order.performed)
        self.deadline = Deadline(self.departure)
        self.deciding = Deciding(self.departure, self.deadline)
        self.answering = Answering(self.departure)
        self.agreement = Agreement(self.departure)
        self.leaving = Leaving(self.departure)
        self.freezing = Freezing(self.departure)

    @workflow.run
    async def run(self, order: PortOutOrder) -> PortOutResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return PortOutResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """From the request to the number's leaving; one that was made up from the registry has left already."""
        try:
            await self.plan()
            if self.departure.performed is None:
                await self.decide_and_answer()
            assert self.departure.performed is not None
            await self.leaving.run(self.departure.performed)
        except Refused as refused:
            await self.answer_no(refused)
        except OrderStopped as stop:
            await self.desk.in_history(stop.state.value)
            await self.close_without(stop)
        await self.deadline.end()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def plan(self) -> None:
        """Until when we have to answer."""
        entry = self.desk.compose(
            "checking", OrderState.IN_PROGRESS, events=[TimelineEvent(what="deadline by the rules")]
        )
        planned = await self.desk.consult(
            PortOutActivities.plan_port_out,
            PlanPortOut(order=self.order, entry=entry),
            name="plan",
            party="legal clock",
            forward_only=True,
        )
        self.departure.time, self.departure.plan = LegalTime(planned.clock), planned.plan
        await self.desk.arrive(entry, listed_too=False)
        self.desk.expect(planned.plan.answer_due)

    async def decide_and_answer(self) -> None:
        """The number must be let go, the recipient knows from when on, and has ported it."""
        self.deadline.begin()
        dossier = None
        while dossier is None:
            await self.deciding.run()
            if self.departure.performed:
                return
            first_possible = await self.answering.first_possible()
            self.deciding.stop_if_frozen()
            dossier = await self.answering.agree(first_possible)
        if not self._is_performed_in(dossier):
            await self.agreement.run(first_possible)

    async def answer_no(self, refused: Refused) -> None:
        """The line is let go of before the refusal leaves, so that a corrected request finds it free."""
        await self.desk.in_history(refused.state.value)
        refusal = refused.refusal
        assert refusal is not None
        code = block_code(refusal.code) or ""
        await self.desk.tell(
            "answering",
            OrderState.IN_PROGRESS,
            what=f"refused: {refusal.code.value}",
            by=refused.actor.by,
            reason=refused.actor.reason,
            listed_too=False,
            release_line=True,
            refusal=refusal,
            needs_attention=False,
            attention="",
        )
        dossier = await self.answering.refuse(code, refusal.raw_text)
        if dossier.status == "cancelled":
            await self.close_without(Withdrawn(Actor(by=self.order.recipient, reason="cancelled by the recipient")))
        else:
            await self.close_without(refused)

    async def close_without(self, stop: OrderStopped) -> None:
        """The number stays: the line is let go of and the holder told, in one."""
        told = "expired" if isinstance(stop, Expired) else stop.state.value
        await self.desk.tell(
            "closed",
            stop.state,
            what=f"{stop.state.value}; the number stays with us",
            by=stop.actor.by,
            reason=stop.actor.reason,
            messages=self.departure.messages(told, reason=stop.refusal.code.value if stop.refusal else ""),
            release_line=True,
            refusal=stop.refusal,
            needs_attention=False,
            attention="",
            due=None,
        )

    def _is_performed_in(self, dossier: DossierNow) -> bool:
        """What became of the dossier while our answer was on its way.

        Raises:
            Withdrawn, Expired: the recipient did not wait for it.
        """
        departure = self.departure
        if dossier.status == "performed" and departure.performed is None:
            departure.performed = PortPerformed(at=dossier.actual or departure.time.now())
        if dossier.status == "cancelled":
            raise Withdrawn(Actor(by=self.order.recipient, reason="cancelled by the recipient"))
        if dossier.status == "expired":
            raise Expired(Actor(by="rules", reason="the dossier has expired"))
        return departure.performed is not None

    # What comes from outside: the clearing house and the journal by signal, people by update.

    @workflow.signal(description=common.DOSSIER_MESSAGE)
    async def dossier_message(self, message: DossierMessage) -> None:
        recipient, received = self.order.recipient, message.received_at or workflow.now()
        if message.type == "portingperformed" and self.departure.performed is None:
            at = min(message.actual or received, received)  # nobody pays for a day that is still to come
            self.departure.performed = PortPerformed(at=at, message_id=message.message_id)
        elif message.type == "cancel" and self.departure.performed is None:
            self.desk.cancel = Actor(by=recipient, reason=message.note or "cancelled by the recipient")
        else:
            await self.desk.remark(f"{message.type} noted", by=recipient, detail=message.model_dump(mode="json"))

    @workflow.signal(description=common.LINE_NEWS)
    def line_news(self, news: LineNews) -> None:
        self.departure.line.hear(news)

    @workflow.signal(description=common.CODE_CHECKED)
    def code_checked(self, checked: CodeChecked) -> None:
        self.freezing.hear(checked)

    @workflow.update(description=descriptions.FREEZE)
    async def freeze(self, request: FreezeRequest) -> Recorded:
        await self.desk.in_history("freeze")
        self.freezing.check(request)
        return self.recorded(await self.freezing.wish(request))

    @freeze.validator
    def check_freeze(self, request: FreezeRequest) -> None:
        self.freezing.check(request)

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:  # noqa: ARG002 - never granted, whoever asks
        raise refusal_of_update(ONLY_THE_RECIPIENT)

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:  # noqa: ARG002
        raise refusal_of_update(ONLY_THE_RECIPIENT)

    def _cancelled_in_temporal(self) -> None:
        workflow.logger.warning("cancel refused: %s", ONLY_THE_RECIPIENT)
