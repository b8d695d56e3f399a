"""One port in while it runs: what its parts share."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.orders import CustomerMessage
from domain.port_in import PortInOrder
from domain.sims import SimCard
from rules.france.deadlines import PortPlan
from workflows.compensation import Compensations
from workflows.current_details import Page
from workflows.desk import Desk
from workflows.legal_time import LegalTime

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
class Port:
    """State that the steps hand to each other. `attempt` counts the askings of the donor, each a dossier of its own."""

    order: PortInOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    attempt: int = 0
    dossier_id: str = ""
    range_holder: str = ""
    _time: LegalTime | None = None
    _plan: PortPlan | None = None
    _sim: SimCard | None = None

    @property
    def time(self) -> LegalTime:
        """Known from the planning step on."""
        assert self._time is not None
        return self._time

    @time.setter
    def time(self, time: LegalTime) -> None:
        self._time = time

    @property
    def plan(self) -> PortPlan:
        """Known from the planning step on; replaced when the date moves."""
        assert self._plan is not None
        return self._plan

    @plan.setter
    def plan(self, plan: PortPlan) -> None:
        self._plan = plan

    @property
    def sim(self) -> SimCard:
        """Known from the reservation on."""
        assert self._sim is not None
        return self._sim

    @sim.setter
    def sim(self, sim: SimCard) -> None:
        self._sim = sim

    @property
    def is_planned(self) -> bool:
        return self._plan is not None and self._time is not None

    def key(self, step: str, number: int = 1) -> str:
        """The idempotency key of a write: the order, the step and its number, never a run, an attempt or a fresh
        value.
        """
        return f"{self.order.order_id}:{step}:{number}"

    def message(self, kind: str, **fields: str) -> CustomerMessage:
        """A message to the customer: to the phone given, else the e-mail, else the number itself."""
        contact = self.order.contact
        to = contact.phone or contact.email or self.order.msisdn
        channel = "email" if to == contact.email else "sms"
        return CustomerMessage(kind=f"port_in.{kind}", channel=channel, to=to, language=contact.language, fields=fields)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """The one message that a port in sends for each occasion."""
        return [self.message(kind, **fields)]

    def local_day(self, instant: datetime) -> str:
        """The calendar day of a legal instant in the number's territory, as an ISO date."""
        return instant.astimezone(ZoneInfo(self.plan.zone)).date().isoformat()

    def day_fields(self) -> dict[str, str]:
        """What a message about the day says, local to the number's territory."""
        return {"day": self.plan.chosen_day.isoformat(), "zone": self.plan.zone}
