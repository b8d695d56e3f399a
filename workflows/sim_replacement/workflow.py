"""A line gets a new SIM: the old one is lost, stolen, damaged, outdated, or in a fraudster's hands.

Accepted elsewhere, the order bars a SIM in wrong hands before anything else, plans by the rules, has the customer show
who he is, lets a person look where something is odd, tells the old channel, and gets a card or an eSIM to the customer.
Only when the new SIM is there does the number move in the HLR, the point of no return (`move.py`). Until then
everything but the bar is undone, newest first, and the old SIM keeps what service it has; after it, only forward.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.sim_plans import PlanSimReplacement, SimPlanActivities
    from domain.deliveries import DeliveryKind
    from domain.orders import Actor, OrderResult, OrderState
    from domain.refusals import RefusalCode, refusal
    from domain.sim_replacement import SimReplacementOrder
    from domain.sims import SimCard, SimForm
    from domain.stages import SimReplacementStage
    from domain.timeline import TimelineCode
    from domain.updates import ActivateRequest, CancelRequest, Recorded
    from workflows.order.human_task import RELEASE_OR_REFUSE
    from workflows.order.stops import OrderStopped, Refused
    from workflows.order.transition import Transition
    from workflows.order.workflow import ReviewedWorkflow
    from workflows.parts.esim import Esim
    from workflows.parts.identity import Identity
    from workflows.sim_replacement import descriptions
    from workflows.sim_replacement.bar import Bar
    from workflows.sim_replacement.card import Card
    from workflows.sim_replacement.completion import Completion
    from workflows.sim_replacement.customer_requests import CustomerRequests
    from workflows.sim_replacement.move import NumberMove
    from workflows.sim_replacement.promise import PromiseWatch
    from workflows.sim_replacement.state import SimReplacementState


@workflow.defn(name="SimReplacement")
class SimReplacement(ReviewedWorkflow):
    """SIM replacement of one line."""

    context: SimReplacementState

    @workflow.init
    def __init__(self, order: SimReplacementOrder) -> None:
        self.context = SimReplacementState(order)
        self.bar = Bar(self.context)
        self.identity = Identity(self.context, SimReplacementStage.IDENTIFYING)
        self.card = Card(self.context)
        self.esim = Esim(self.context, eid=order.eid)
        self.move = NumberMove(self.context)
        self.promise = PromiseWatch(self.context)
        self.completion = Completion(self.context)
        self.customer_requests = CustomerRequests(self.context, self.card, self.move)
        self.context.inbox.handle(
            {
                DeliveryKind.CODE_CHECKED: self.identity.on_checked,
                DeliveryKind.PROFILE_PROGRESS: self.esim.on_progress,
                DeliveryKind.SHIPMENT_PROGRESS: self.card.on_progress,
                DeliveryKind.LINE_NEWS: self.move.on_news,
            }
        )

    @workflow.run
    async def run(self, order: SimReplacementOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        return await self.complete()

    async def process(self) -> None:
        """The whole replacement."""
        if self.context.order.authentication.is_complete:
            await self.bar.run()
        await self.plan()
        await self.identity.run()
        await self.bar.run()
        await self.review()
        await self.give_notice()
        new_sim = await self.new_sim()
        await self.move.run(new_sim)
        await self.completion.run(new_sim)

    async def plan(self) -> None:
        """The line as customer care and the HLR know it, and what the rules say."""
        state = self.context
        planned = await state.calls.read_with(
            SimPlanActivities.plan_sim_replacement,
            PlanSimReplacement(order=state.order),
            Transition(
                code=TimelineCode.PLANNED,
                what="planned by the rules",
                stage=SimReplacementStage.CHECKING,
                state=OrderState.IN_PROGRESS,
                listed=False,
            ),
            name="plan",
        )
        state.set_clock(planned.clock)
        state.reach = planned.reach
        if planned.plan is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        state.take_plan(planned)
        self.promise.begin()

    async def review(self) -> None:
        """A person looks at what is odd, and releases or refuses it."""
        reasons = self.context.plan.review
        if reasons:
            why = "; ".join(reasons)
            no = refusal(RefusalCode.FRAUD_SUSPECTED, "desk", raw_text=why)
            await self.context.human.ask(f"review: {why}", actions=RELEASE_OR_REFUSE, refusal=no)

    async def give_notice(self) -> None:
        """The old channel is told before anything is done, so that a holder who knows nothing of it can stop it."""
        state = self.context
        state.cancellation.stop_if_requested()
        barred = state.messages("barred") if state.barred else []
        await state.log.record(
            Transition(
                code=TimelineCode.NOTICE_SENT,
                what="notice to the old channel",
                stage=SimReplacementStage.ORDERING,
                state=OrderState.IN_PROGRESS,
                messages=[*barred, *state.messages("notice", reason=state.order.reason.value)],
                due=state.plan.due,
            )
        )

    async def new_sim(self) -> SimCard:
        """A SIM that is in the customer's hands."""
        if self.context.order.form is SimForm.PHYSICAL:
            return await self.card.obtain()
        plan = self.context.plan
        return await self.esim.obtain(
            SimReplacementStage.ON_THE_WAY, most=plan.most_attempts, patience=plan.download_patience
        )

    async def stop(self, stop: OrderStopped) -> None:
        """Undo newest first. The last transition lets go of the line and tells the customer."""
        state = self.context
        await state.undo_all(stop)
        facts = await state.look_at_line(forward_only=True)
        await state.log.persist(stop.state.value)
        is_barred = facts.barred_since is not None  # the holder may have lifted it meanwhile
        barred = "; the old SIM stays barred until the holder lifts it" if is_barred else ""
        what = f"the number stays where it is{barred}"
        fields = {"barred": "yes" if is_barred else "no"}
        await state.log.record(state.stopped(SimReplacementStage.CLOSED, stop, what, **fields))

    async def end(self) -> None:
        """The promise is watched no longer."""
        await self.promise.end()

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        return self.recorded(await self.customer_requests.cancel(request))

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.customer_requests.check_cancel(request)

    def check_temporal_cancel(self, request: CancelRequest) -> None:
        """As for the customer's cancel."""
        self.customer_requests.check_cancel(request)

    @workflow.update(description=descriptions.ACTIVATE)
    async def activate(self, request: ActivateRequest) -> Recorded:
        await self.customer_requests.activate(request)
        return self.recorded("recorded: the number moves to the new card")

    @activate.validator
    def check_activate(self, request: ActivateRequest) -> None:
        self.customer_requests.check_activate(request)
