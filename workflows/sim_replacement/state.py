"""What the parts of one running SIM replacement share."""

from activities.care import Reach
from activities.sim_plans import PlannedSimReplacement
from domain.authentication import AuthenticationMethod
from domain.orders import CustomerMessage, OrderKind
from domain.sim_replacement import SimReplacementOrder
from domain.sims import SimCard, SimForm
from domain.stages import SimReplacementStage
from rules.plans import SimReplacementPlan
from workflows.order.context import UndoableContext, known
from workflows.order.page import CANCEL, Page

BARRED = "The old SIM stays barred until the holder lifts it."
"""Why the bar has no undo: a SIM in wrong hands must not work again because a replacement failed."""

ACTIVATE = '`activate` with `{"by": "your name"}`, once the customer has the card'


def page_of(order: SimReplacementOrder) -> Page:
    """The stages that this order goes through."""
    skipped = {SimReplacementStage.UNDOING}
    if order.authentication.method is not AuthenticationMethod.ONE_TIME_CODE:
        skipped.add(SimReplacementStage.IDENTIFYING)
    if order.iccid:
        skipped.add(SimReplacementStage.ON_THE_WAY)
    is_sent = order.form is SimForm.PHYSICAL and not order.iccid
    return Page(
        stages=tuple(stage for stage in SimReplacementStage if stage not in skipped),
        pivot=SimReplacementStage.MOVING,
        undoing=SimReplacementStage.UNDOING,
        at_hand="what the HLR shows decides",
        updates=(CANCEL, ACTIVATE) if is_sent else (CANCEL,),
    )


class SimReplacementState(UndoableContext[SimReplacementOrder]):
    """Everything but the bar is undone when the order stops before the number moves."""

    kind = OrderKind.SIM_REPLACEMENT

    def __init__(self, order: SimReplacementOrder) -> None:
        super().__init__(order, page_of(order), SimReplacementStage.UNDOING)
        self.old_sim: SimCard | None = None  # that carried the number at the planning; None: no SIM did
        self.contract_id = ""
        self.reach = Reach()
        self.barred = False
        self._plan: SimReplacementPlan | None = None

    def take_plan(self, planned: PlannedSimReplacement) -> None:
        """The planning step has found out what the line is and what the rules say."""
        self._plan, self.old_sim, self.contract_id = planned.plan, planned.old_sim, planned.contract_id

    @property
    def plan(self) -> SimReplacementPlan:
        return known(self._plan, "plan")

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the old channel: the address that customer care has known all along, and the line itself as long as its
        SIM is in the holder's hands.
        """
        line_too = not self.reach.email or (self._plan is not None and self._plan.notify_line)
        return self._messages(kind, fields, line_too=line_too)

    def messages_everywhere(self, kind: str) -> list[CustomerMessage]:
        """To the old channel, and to the line, which the new SIM carries."""
        return self._messages(kind, {}, line_too=True)

    def _messages(self, kind: str, fields: dict[str, str], *, line_too: bool) -> list[CustomerMessage]:
        sms = self.order.msisdn if line_too else self.reach.phone
        return self.messages_to(kind, fields, self.reach.language, email=self.reach.email, sms=sms)
