"""What the parts of one running port out share."""

from activities.care import Reach
from domain.contracts import Contract
from domain.orders import Actor, CustomerMessage, OrderKind
from domain.port_out import PortOutOrder
from domain.sims import SimCard
from domain.stages import PortOutStage
from rules.plans import PortOutPlan
from workflows.order.context import OrderContext, known
from workflows.order.page import Page
from workflows.parts.line_state import LineState

FREEZE = (
    '`freeze` with `{"by": "your name", "reason": "why", "authentication": {"method": "in_shop", '
    '"agent": "your name"}}`'
)

PAGE = Page(
    stages=tuple(stage for stage in PortOutStage if stage is not PortOutStage.ANSWERING),
    pivot=PortOutStage.AGREED,
    at_hand="the recipient declares the port when it chooses",
    updates=(FREEZE,),
)


class PortOutState(OrderContext[PortOutOrder]):
    """Nothing is done before the number has left, so nothing has an undo."""

    kind = OrderKind.PORT_OUT

    def __init__(self, order: PortOutOrder) -> None:
        super().__init__(order, PAGE)
        self.line = LineState()
        self.performed = order.performed
        self.reach = Reach()
        self.contract: Contract | None = None  # that number and authorisation name
        self.contract_has_ended = False  # the number is in quarantine
        self.sim: SimCard | None = None  # that carried the number when the request was judged
        self.fee = ""
        self.has_holder = True  # False: the number is none of ours, and nobody is told
        self.frozen: Actor | None = None  # by the customer
        self.waits_for_others = False  # our decision is there; the other numbers of the dossier keep the answer
        self.is_answering = False  # too late for a freeze
        self.is_answered = False
        self._plan: PortOutPlan | None = None

    @property
    def plan(self) -> PortOutPlan:
        return known(self._plan, "plan")

    def take_plan(self, plan: PortOutPlan) -> None:
        """The planning step has asked the rules."""
        self._plan = plan

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    @property
    def needs_no_answer(self) -> bool:
        """Our answer is out, or nobody waits for one any more."""
        return bool(self.is_answered or self.performed or self.cancellation.is_requested or self.status.state.is_final)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """By e-mail, where customer care knows an address, and to the number itself, which the customer keeps."""
        if not self.has_holder:
            return []
        fields = {"recipient": self.order.recipient} | fields
        return self.messages_to(kind, fields, self.reach.language, email=self.reach.email, sms=self.msisdn)
