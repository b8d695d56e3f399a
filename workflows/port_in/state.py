"""One port in while it runs: what its parts share."""

from domain.orders import CustomerMessage, OrderKind
from domain.port_in import PortInOrder
from domain.sims import SimCard
from domain.stages import PortInStage
from rules.plans import PortPlan
from workflows.order.context import UndoableContext, known
from workflows.order.page import Page

PAGE = Page(
    stages=tuple(stage for stage in PortInStage if stage is not PortInStage.UNDOING),
    pivot=PortInStage.CUTTING_OVER,
    undoing=PortInStage.UNDOING,
    at_hand="what the clearing house's registry shows decides",
)


class PortInState(UndoableContext[PortInOrder]):
    """What the steps hand to each other. `attempt` counts the requests to the donor, each a dossier of its own."""

    kind = OrderKind.PORT_IN

    def __init__(self, order: PortInOrder) -> None:
        super().__init__(order, PAGE, PortInStage.UNDOING)
        self.attempt = 0
        self.dossier_id = ""
        self.range_holder = ""
        self._plan: PortPlan | None = None
        self._sim: SimCard | None = None

    @property
    def plan(self) -> PortPlan:
        """Known from the planning on; replaced when the day or a deadline moves."""
        return known(self._plan, "plan")

    @property
    def is_planned(self) -> bool:
        return self._plan is not None

    def set_plan(self, plan: PortPlan) -> None:
        """The rules have made a plan."""
        self._plan = plan

    @property
    def sim(self) -> SimCard:
        """Known from the reservation on."""
        return known(self._sim, "sim")

    def set_sim(self, sim: SimCard) -> None:
        """A SIM is reserved for the order."""
        self._sim = sim

    def message(self, kind: str, **fields: str) -> CustomerMessage:
        """A message to the customer: to the phone given, else the e-mail, else the number itself."""
        contact = self.order.contact
        to = contact.phone or contact.email or self.order.msisdn
        channel = "email" if to == contact.email else "sms"
        return CustomerMessage(kind=f"port_in.{kind}", channel=channel, to=to, language=contact.language, fields=fields)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """A port in sends one message for each occasion."""
        return [self.message(kind, **fields)]

    def messages_of_the_day(self, kind: str) -> list[CustomerMessage]:
        """A message that names the day, local to the number's territory."""
        return self.messages(kind, day=self.plan.chosen_day.isoformat(), zone=self.plan.zone)
