"""A contract of ours ends: notice, last day, the line down, and the number kept for whoever may still port it.

Accepted elsewhere, the order plans by the rules (last day, what leaving costs, the number's fate), has the customer
show who he is, confirms on a durable medium, and waits. Until the end of the last day, the point of no return, the
customer may withdraw and nothing has been touched. Then the line goes down, the contract ends, the last invoice is
asked for; the number's quarantine begins and the settlement of the money is accepted as an order of its own.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.leaving import LeavingActivities, PlanTermination
    from domain.authentication import AuthenticationMethod, CodeChecked
    from domain.lines import LineNews
    from domain.orders import ACCEPTED, Actor, OrderState, TimelineEvent
    from domain.termination import TerminationOrder, TerminationResult
    from domain.updates import CancelRequest, Recorded
    from workflows import descriptions as common
    from workflows.current_details import CANCEL, Page
    from workflows.desk import Desk
    from workflows.desk_updates import DeskUpdates
    from workflows.identity import Identity
    from workflows.legal_time import LegalTime
    from workflows.shielding import shielded
    from workflows.stops import Folded, OrderStopped, Refused
    from workflows.termination import descriptions
    from workflows.termination.effect import Effect
    from workflows.termination.ending import Ending
    from workflows.termination.notice import Notice


def page_of(order: TerminationOrder) -> Page:
    """The stages that this order goes through; docs/how-a-termination-runs.md says one line of each."""
    asked = ("identifying",) if order.authentication.method is AuthenticationMethod.ONE_TIME_CODE else ()
    return Page(
        stages=("accepted", "checking", *asked, "notice", "taking_down", "closed"),
        pivot="taking_down",
        at_hand="the last day has ended",
        updates=(CANCEL,),
    )


@workflow.defn(name="Termination")
class Termination(DeskUpdates):
    """Termination of one contract."""

    @workflow.init
    def __init__(self, order: TerminationOrder) -> None:
        self.order = order
        self.desk = Desk(order.order_id, ACCEPTED, page_of(order).local_to(order.zone))
        self.ending = Ending(order, self.desk)
        self.identity = Identity(self.ending)
        self.notice = Notice(self.ending)
        self.effect = Effect(self.ending)

    @workflow.run
    async def run(self, order: TerminationOrder) -> TerminationResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return TerminationResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """The whole termination; stopped before its effect, nothing has been touched."""
        try:
            await self.plan()
            await self.identity.run()
            await self.notice.run()
            await self.effect.run()
        except OrderStopped as stop:
            await self.close_without(stop)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def plan(self) -> None:
        """The contract as customer care knows it, and what the rules say of its end."""
        entry = self.desk.compose(
            "checking", OrderState.IN_PROGRESS, events=[TimelineEvent(what="planned by the rules")]
        )
        planned = await self.desk.consult(
            LeavingActivities.plan_termination,
            PlanTermination(order=self.order, entry=entry),
            name="plan",
            party="care and HLR",
        )
        ending = self.ending
        ending.time, ending.reach = LegalTime(planned.clock), planned.reach
        if planned.plan is None or planned.contract is None:
            why = planned.refusal.raw_text if planned.refusal else ""
            raise Refused(Actor(by="rules", reason=why), refusal=planned.refusal)
        ending.plan, ending.contract = planned.plan, planned.contract
        ending.sim, ending.account, ending.range_holder = planned.sim, planned.account, planned.range_holder
        await self.desk.arrive(entry, listed_too=False)

    async def close_without(self, stop: OrderStopped) -> None:
        """The contract runs on as before, or a port out has ended it: the line is let go of and the customer told, in
        one.
        """
        await self.desk.in_history(stop.state.value)
        told, what = stop.state.value, f"{stop.state.value}; the contract runs on"
        if isinstance(stop, Folded) or self.ending.line.gone_with:
            told, what = "ported", "the contract has ended with the port out"
        await self.desk.tell(
            "closed",
            stop.state,
            what=what,
            by=stop.actor.by,
            reason=stop.actor.reason,
            messages=self.ending.messages(told, reason=stop.refusal.code.value if stop.refusal else ""),
            release_line=True,
            refusal=stop.refusal,
            needs_attention=False,
            attention="",
            due=None,
        )

    # What comes from outside.

    @workflow.signal(description=common.CODE_CHECKED)
    def code_checked(self, checked: CodeChecked) -> None:
        self.identity.hear(checked)

    @workflow.signal(description=common.LINE_NEWS)
    def line_news(self, news: LineNews) -> None:
        self.ending.line.hear(news)
        if self.ending.line.gone_with and not self.notice.is_over and self.desk.cancel is None:
            self.desk.cancel = Actor(by="relais", reason=f"{self.ending.line.gone_with} has ended the contract")

    @workflow.update(description=descriptions.CANCEL)
    async def cancel(self, request: CancelRequest) -> Recorded:
        await self.desk.in_history("cancel")
        await self.notice.check_the_clock()
        self.notice.check_withdrawal(request)  # the look at the clock took time
        self.desk.cancel = Actor(by=request.by, reason=request.reason)
        return self.recorded("recorded: the contract runs on")

    @cancel.validator
    def check_cancel(self, request: CancelRequest) -> None:
        self.notice.check_withdrawal(request)

    def _cancelled_in_temporal(self) -> None:
        """Temporal's own cancel counts as a withdrawal by the desk where one is still possible."""
        request = CancelRequest(by="temporal", reason="cancelled in Temporal")
        try:
            self.notice.check_withdrawal(request)
        except ApplicationError as too_late:
            workflow.logger.warning("cancel refused: %s", too_late)
            return
        self.desk.cancel = Actor(by=request.by, reason=request.reason)
