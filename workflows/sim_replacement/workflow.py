"""A line gets a new SIM: the old one is lost, stolen, damaged, outdated, or in a fraudster's hands.

Accepted elsewhere, the order bars a SIM in wrong hands before anything else, plans by the rules, has the customer show
who he is, lets a person look where something is odd, tells the old channel, and gets a card or an eSIM to the customer.
Only when the new SIM is there does the number move in the HLR, the point of no return (`move.py`): until then
everything but the barring is undone newest first and the old SIM keeps what service it has; after it, only forward.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.journal import JournalActivities, LookAtLine
    from activities.sim_planning import PlanSimReplacement, SimPlanningActivities
    from domain.authentication import AuthenticationMethod, CodeChecked
    from domain.lines import LineNews
    from domain.orders import ACCEPTED, Actor, OrderState, TimelineEvent
    from domain.refusals import RefusalCode, refusal
    from domain.sim_replacement import SimReplacementOrder, SimReplacementResult
    from domain.sims import ProfileProgress, ShipmentProgress, SimCard, SimForm
    from domain.updates import ActivateRequest, CancelRequest, Recorded
    from workflows import descriptions as common
    from workflows.asking import RELEASE_OR_REFUSE
    from workflows.current_details import CANCEL, Page
    from workflows.desk import Desk
    from workflows.desk_updates import ReviewUpdates
    from workflows.esim import Esim
    from workflows.identity import Identity
    from workflows.legal_time import LegalTime
    from workflows.shielding import shielded
    from workflows.sim_replacement import descriptions
    from workflows.sim_replacement.barring import Barring
    from workflows.sim_replacement.card import Card
    from workflows.sim_replacement.closing import Closing
    from workflows.sim_replacement.move import Moving
    from workflows.sim_replacement.promise import Promise
    from workflows.sim_replacement.replacement import Replacement
    from workflows.sim_replacement.wishes import Wishes
    from workflows.stops import OrderStopped, Refused

ACTIVATE = '`activate` with `{"by": "your name"}`, once the customer has the card'


def page_of(order: SimReplacementOrder) -> Page:
    """The stages that this order goes through; docs/how-a-sim-replacement-runs.md says one line of each."""
    asked = ("identifying",) if order.authentication.method is AuthenticationMethod.ONE_TIME_CODE else ()
    sent = () if order.iccid else ("on_the_way",)
    activate = (ACTIVATE,) if sent and order.form is SimForm.PHYSICAL else ()
    return Page(
        stages=("accepted", "checking", *asked, "ordering", *sent, "moving", "closed"),
        pivot="moving",
        at_hand="what the HLR shows decides",
        updates=(CANCEL, *activate),
    )


@workflow.defn(name="SimReplacement")
class SimReplacement(ReviewUpdates):
    """SIM replacement of one line."""

    @workflow.init
    def __init__(self, order: SimReplacementOrder) -> None:
        self.order = order
        self.desk = Desk(order.order_id, ACCEPTED, page_of(order).local_to(order.zone))
        self.replacement = Replacement(order, self.desk)
        self.barring = Barring(self.replacement)
        self.identity = Identity(self.replacement)
        self.card = Card(self.replacement)
        self.esim = Esim(self.replacement, order.order_id, order.msisdn, eid=order.eid)
        self.moving = Moving(self.replacement)
        self.promise = Promise(self.replacement)
        self.closing = Closing(self.replacement)
        self.wishes = Wishes(self.replacement, self.card, self.moving)

    @workflow.run
    async def run(self, order: SimReplacementOrder) -> SimReplacementResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return SimReplacementResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """The whole replacement; stopped before the point of no return, it is taken back."""
        try:
            if self.order.authentication.is_complete:
                await self.barring.run()
            await self.plan()
            await self.identity.run()
            await self.barring.run()
            await self.review()
            await self.give_notice()
            new_sim = await self.new_sim()
            await self.moving.run(new_sim)
            await self.closing.run(new_sim)
        except OrderStopped as stop:
            await self.take_back(stop)
        await self.promise.end()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def plan(self) -> None:
        """The line as customer care and the HLR know it, and what the rules say."""
        entry = self.desk.compose(
            "checking", OrderState.IN_PROGRESS, events=[TimelineEvent(what="planned by the rules")]
        )
        planned = await self.desk.consult(
            SimPlanningActivities.plan_sim_replacement,
            PlanSimReplacement(order=self.order, entry=entry),
            name="plan",
            party="care and HLR",
        )
        self.replacement.time = LegalTime(planned.clock)
        self.replacement.reach = planned.reach
        if planned.plan is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        self.replacement.plan = planned.plan
        self.replacement.old_sim, self.replacement.contract_id = planned.old_sim, planned.contract_id
        await self.desk.arrive(entry, listed_too=False)
        self.promise.begin()

    async def review(self) -> None:
        """A person looks at what is odd, and releases or refuses it."""
        reasons = self.replacement.plan.review
        if reasons:
            why = "; ".join(reasons)
            no = refusal(RefusalCode.FRAUD_SUSPECTED, "desk", raw_text=why)
            await self.desk.ask_human(f"review: {why}", actions=RELEASE_OR_REFUSE, refusal=no)

    async def give_notice(self) -> None:
        """The old channel is told before anything is done, so that a holder who knows nothing of it can stop it."""
        replacement = self.replacement
        self.desk.stop_if_cancelled()
        barred = replacement.messages("barred") if replacement.barred else []
        await self.desk.tell(
            "ordering",
            OrderState.IN_PROGRESS,
            what="notice to the old channel",
            messages=[*barred, *replacement.messages("notice", reason=self.order.reason.value)],
            due=replacement.plan.due,
        )

    async def new_sim(self) -> SimCard:
        """A SIM that is in the customer's hands."""
        if self.order.form is SimForm.PHYSICAL:
            return await self.card.obtain()
        plan = self.replacement.plan
        return await self.esim.obtain("on_the_way", most=plan.most_attempts, patience=plan.download_patience)

    async def take_back(self, stop: OrderStopped) -> None:
        """Undo newest first, then let go of the line and tell the customer, in one."""
        undo = self.replacement.undo
        if undo.names:
            state = OrderState.PENDING_CANCELLATION if stop.state is OrderState.CANCELLED else OrderState.IN_PROGRESS
            steps = ", ".join(reversed(undo.names))
            await self.desk.tell("undoing", state, what=f"undoing, newest first: {steps}", refusal=stop.refusal)
        await undo.undo_all()
        facts = await self.desk.consult(
            JournalActivities.look_at_line,
            LookAtLine(order_id=self.order.order_id),
            name="look-at-line",
            party="journal",
            forward_only=True,
        )
        await self.desk.in_history(stop.state.value)
        is_barred = facts.barred_since is not None  # the holder may have lifted it meanwhile
        barred = "; the old SIM stays barred until the holder lifts it" if is_barred else ""
        await self.desk.tell(
            "closed",
            stop.state,
            what=f"{stop.state.value}; the number stays where it is{barred}",
            by=stop.actor.by,
            reason=stop.actor.reason,
            messages=self.replacement.messages(
                stop.state.value,
                reason=stop.refusal.code.value if stop.refusal else "",
                barred="yes" if is_barred else "no",
            ),
            release_line=True,
            refusal=stop.refusal,
            needs_attention=False,
            attention="",
        )

    # What comes from outside: codes, the SM-DP+ and logistics by signal, people by update.

    @workflow.signal(description=common.CODE_CHECKED)
    def code_checked(self, checked: CodeChecked) -> None:
        self.identity.hear(checked)

    @workflow.signal(description=common.PROFILE_PROGRESS)
    def profile_progress(self, progress: ProfileProgress) -> None:
        self.esim.hear(progress)

    @workflow.signal(description=common.SHIPMENT_PROGRESS)
    def shipment_progress(self, progress: ShipmentProgress) -> None:
        self.card.hear(progress)

    @workflow.signal(description=common.LINE_NEWS)
    def line_news(self, news: LineNews) -> None:
        self.moving.hear(news)

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        return self.recorded(await self.wishes.cancel(request))

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.wishes.check_cancel(request)

    @workflow.update(description=descriptions.ACTIVATE)
    async def activate(self, request: ActivateRequest) -> Recorded:
        await self.wishes.activate(request)
        return self.recorded("recorded: the number moves to the new card")

    @activate.validator
    def check_activate(self, request: ActivateRequest) -> None:
        self.wishes.check_activate(request)

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
