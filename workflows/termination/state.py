"""What the parts of one running termination share."""

from activities.care import Reach
from activities.contract_ends import PlannedTermination
from domain.authentication import AuthenticationMethod
from domain.contracts import Account, Contract
from domain.orders import CustomerMessage, OrderKind
from domain.sims import SimCard
from domain.stages import TerminationStage
from domain.termination import TerminationOrder
from rules.plans import TerminationPlan
from workflows.order.context import OrderContext, known
from workflows.order.page import CANCEL, Page
from workflows.parts.contract_end import EndingContract
from workflows.parts.line_state import LineState


def page_of(order: TerminationOrder) -> Page:
    """The stages that this order goes through."""
    identity_is_asked = order.authentication.method is AuthenticationMethod.ONE_TIME_CODE
    skipped = set() if identity_is_asked else {TerminationStage.IDENTIFYING}
    return Page(
        stages=tuple(stage for stage in TerminationStage if stage not in skipped),
        pivot=TerminationStage.TAKING_DOWN,
        at_hand="the last day has ended",
        updates=(CANCEL,),
    )


class TerminationState(OrderContext[TerminationOrder]):
    """Nothing is done before the last day's end, so nothing has an undo."""

    kind = OrderKind.TERMINATION

    def __init__(self, order: TerminationOrder) -> None:
        super().__init__(order, page_of(order))
        self.line = LineState()
        self.reach = Reach()
        self.sim: SimCard | None = None  # that carried the number when the end was planned; None: none did
        self.account = Account()
        self.range_holder = ""
        self._plan: TerminationPlan | None = None
        self._contract: Contract | None = None

    def take_plan(self, planned: PlannedTermination) -> None:
        """The planning step has found out what the line is and what the rules say."""
        self._plan, self._contract = planned.plan, planned.contract
        self.sim, self.account, self.range_holder = planned.sim, planned.account, planned.range_holder

    @property
    def plan(self) -> TerminationPlan:
        return known(self._plan, "plan")

    @property
    def contract(self) -> Contract:
        return known(self._contract, "contract")

    @property
    def is_planned(self) -> bool:
        return self._plan is not None

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    @property
    def ending_contract(self) -> EndingContract:
        plan = self.plan
        return EndingContract(
            contract=self.contract,
            account=self.account,
            cost=plan.cost,
            effective_at=plan.effective_at,
            reason="terminated",
            patience=plan.patience,
            reach=self.reach,
        )

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """By e-mail, which lasts, where customer care knows an address; by SMS else. A line that is down gets none."""
        sms = self.reach.phone or (None if self.reach.email else self.msisdn)
        return self.messages_to(kind, fields, self.reach.language, email=self.reach.email, sms=sms)
