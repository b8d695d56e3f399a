"""One port in while it runs: what its parts share."""

from dataclasses import dataclass, field

from domain.orders import CustomerMessage
from domain.port_in import PortInOrder
from domain.sims import SimCard
from rules.plans import PortPlan
from workflows.compensation import Compensations
from workflows.current_details import Page
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.running import Run

STAGES = (
    "accepted",
    "reserving",
    "waiting_for_donor",
    "waiting_for_day",
    "cutting_over",
    "broadcasting",
    "closed",
)
"""The stages of a port that goes well, in order; docs/how-a-port-runs.md says one line of each."""

PAGE = Page(stages=STAGES, pivot="cutting_over", at_hand="what the clearing house's registry shows decides")


@dataclass
class Port(Run):
    """State that the steps hand to each other. `attempt` counts the askings of the donor, each a dossier of its own."""

    order: PortInOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    attempt: int = 0
    dossier_id: str = ""
    range_holder: str = ""

    time = KnownFromAStepOn[LegalTime]()  # the planning step
    plan = KnownFromAStepOn[PortPlan]()  # the planning step; replaced when the date moves
    sim = KnownFromAStepOn[SimCard]()  # the reservation

    @property
    def is_planned(self) -> bool:
        return Port.plan.is_known(self) and Port.time.is_known(self)

    def message(self, kind: str, **fields: str) -> CustomerMessage:
        """A message to the customer: to the phone given, else the e-mail, else the number itself."""
        contact = self.order.contact
        to = contact.phone or contact.email or self.order.msisdn
        channel = "email" if to == contact.email else "sms"
        return CustomerMessage(kind=f"port_in.{kind}", channel=channel, to=to, language=contact.language, fields=fields)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """The one message that a port in sends for each occasion."""
        return [self.message(kind, **fields)]

    def day_fields(self) -> dict[str, str]:
        """What a message about the day says, local to the number's territory."""
        return {"day": self.plan.chosen_day.isoformat(), "zone": self.plan.zone}
