"""A customer brings a number from another operator.

Accepted elsewhere, the order plans its day by the national rules, reserves a SIM and a subscription at home, asks the
donor through the clearing house, waits for the day, cuts over, follows the acknowledgements of all operators, proves
that home serves the number, and closes. Whatever stops it before the point of no return, the clearing house's
acceptance of *porting performed* (`pivot.py`), is undone newest first; after it, only forward.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.planning import PlanningActivities, PlanPortIn
    from domain.lines import LineChange
    from domain.orders import ACCEPTED, Actor, OrderState, TimelineEvent
    from domain.port_in import DossierMessage, PortInOrder, PortInResult
    from domain.sims import ProfileProgress
    from domain.updates import CancelRequest, Recorded, RescheduleRequest, ResolveAction
    from workflows import descriptions as common
    from workflows.desk import Desk
    from workflows.desk_updates import DeskUpdates
    from workflows.legal_time import LegalTime
    from workflows.port_in import descriptions
    from workflows.port_in.closing import Closing
    from workflows.port_in.cut_over import CutOver
    from workflows.port_in.day import Day
    from workflows.port_in.donor import DonorDialogue
    from workflows.port_in.port import PAGE, Port
    from workflows.port_in.reservation import Reservation
    from workflows.port_in.wishes import Wishes
    from workflows.shielding import shielded
    from workflows.stops import DayMissed, OrderStopped, PerformedMeanwhile, Refused, TakenBack


@workflow.defn(name="PortIn")
class PortIn(DeskUpdates):
    """Port in: home is the recipient."""

    @workflow.init
    def __init__(self, order: PortInOrder) -> None:
        self.order = order
        self.desk = Desk(order.order_id, ACCEPTED, PAGE.local_to(order.zone))
        self.port = Port(order, self.desk)
        self.reservation = Reservation(self.port)
        self.donor = DonorDialogue(self.port)
        self.day = Day(self.port, self.donor.hearing)
        self.cut_over = CutOver(self.port)
        self.closing = Closing(self.port)
        self.wishes = Wishes(self.port, self.day)

    @workflow.run
    async def run(self, order: PortInOrder) -> PortInResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return PortInResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """The whole port, from the plan to its proof; stopped before the point of no return, it is taken back."""
        try:
            await self.plan()
            await self.reservation.run()
            await self.port_as_agreed()
            await self.close(await self.closing.run())
        except OrderStopped as stop:
            await self.take_back(stop)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def plan(self) -> None:
        """Days and deadlines by the national rules, after the registry has said who serves the number."""
        entry = self.desk.compose(
            "reserving", OrderState.IN_PROGRESS, events=[TimelineEvent(what="planned by the national rules")]
        )
        planned = await self.desk.consult(
            PlanningActivities.plan_port_in, PlanPortIn(order=self.order, entry=entry), name="plan", party="registry"
        )
        self.port.time = LegalTime(planned.clock)
        if planned.plan is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        self.port.plan, self.port.range_holder = planned.plan, planned.range_holder
        await self.desk.arrive(entry, listed_too=False)

    async def port_as_agreed(self) -> None:
        """Agree with the donor, then cut over on the day; a donor that takes its yes back is asked anew on a person's
        word.
        """
        while True:
            await self.day.agree(await self.donor.agree())
            try:
                return await self.cut_over_on_the_day()
            except TakenBack as taken_back:
                self.day.disagree()
                await self.donor.took_back(taken_back.refusal)

    async def cut_over_on_the_day(self) -> None:
        """Wait for the day, then cut over. A missed day is planned once more; missed again, a person decides."""
        missed = 0
        while True:
            try:
                await self.day.wait()
                self.day.cutting_over = True
                return await self.cut_over.run()
            except DayMissed as why:
                missed += 1
                self.day.cutting_over = False
                await self.day.plan_another(str(why), ask=missed > 1)

    async def close(self, outcome: dict[str, object]) -> None:
        """Let go of the line and tell the customer, in one."""
        await self.desk.tell(
            "closed",
            OrderState.COMPLETED,
            what=f"{self.order.home} serves the number: proved by the reference database and the HLR",
            messages=[self.port.message("completed")],
            release_line=True,
            line_changes=[LineChange.SWAPPED],
            outcome=outcome,
            needs_attention=False,
            attention="",
            due=None,
        )

    async def take_back(self, stop: OrderStopped) -> None:
        """Undo newest first, then let go of the line and tell the customer, in one; unless an undo finds the port
        performed, which leaves only forward.
        """
        try:
            await self.undo(stop)
        except PerformedMeanwhile:
            await self.cut_over.go_forward()
            await self.close(await self.closing.run())
        else:
            await self.desk.in_history(stop.state.value)
            await self.desk.tell(
                "closed",
                stop.state,
                what=f"{stop.state.value}; everything is as it was before",
                by=stop.actor.by,
                reason=stop.actor.reason,
                messages=[self.port.message(stop.state.value, reason=stop.refusal.code.value if stop.refusal else "")],
                release_line=True,
                refusal=stop.refusal,
                needs_attention=False,
                attention="",
                due=None,
            )

    async def undo(self, stop: OrderStopped) -> None:
        """Everything that was done so far, shown step by step."""
        if self.port.undo.names:
            state = OrderState.PENDING_CANCELLATION if stop.state is OrderState.CANCELLED else OrderState.IN_PROGRESS
            steps = ", ".join(reversed(self.port.undo.names))
            await self.desk.tell("undoing", state, what=f"undoing, newest first: {steps}", refusal=stop.refusal)
        await self.port.undo.undo_all()

    # What comes from outside: the clearing house by signal, people by update.

    @workflow.signal(description=common.DOSSIER_MESSAGE)
    async def dossier_message(self, message: DossierMessage) -> None:
        heard = self.donor.hearing.hear(message)
        if heard.late:
            await self.desk.offer_also(ResolveAction.ACCEPT_LATE_ANSWER, what=heard.line, by=self.order.donor)
        elif heard.line:
            await self.desk.remark(heard.line, by=self.order.donor, detail=message.model_dump(mode="json"))

    @workflow.signal(description=common.PROFILE_PROGRESS)
    def profile_progress(self, progress: ProfileProgress) -> None:
        self.reservation.esim.hear(progress)

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        return await self.wishes.cancel(request)

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.wishes.check_cancel(request)

    @workflow.update(description=descriptions.RESCHEDULE)
    async def reschedule(self, request: RescheduleRequest) -> Recorded:
        return await self.wishes.reschedule(request)

    @reschedule.validator
    def check_reschedule(self, request: RescheduleRequest) -> None:
        self.wishes.check_reschedule(request)

    def _cancelled_in_temporal(self) -> None:
        """Temporal's own cancel counts as a cancel by the desk where one is still possible, and is refused silently
        elsewhere.
        """
        request = CancelRequest(by="temporal", reason="cancelled in Temporal")
        try:
            self.wishes.check_cancel(request)
        except ApplicationError as too_late:
            workflow.logger.warning("cancel refused: %s", too_late)
            return
        self.desk.cancel = Actor(by=request.by, reason=request.reason)
