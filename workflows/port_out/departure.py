"""One port out while it runs: what its parts share."""

from dataclasses import dataclass, field

from activities.care import Reach
from domain.contracts import Contract
from domain.orders import Actor, CustomerMessage, OrderKind
from domain.port_out import PortOutOrder, PortPerformed
from domain.sims import SimCard
from rules.plans import PortOutPlan
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.line_standing import LineStanding
from workflows.running import Run


@dataclass
class Departure(Run):
    """State that the steps hand to each other. Nothing is done before the number has left, so nothing has an undo."""

    order: PortOutOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    reach: Reach = field(default_factory=Reach)
    line: LineStanding = field(default_factory=LineStanding)
    contract: Contract | None = None  # that number and authorisation name
    contract_has_ended: bool = False  # the number is in quarantine
    sim: SimCard | None = None  # that carried the number when the request was judged
    fee: str = ""
    has_holder: bool = True  # False: the number is none of ours, and nobody is told
    frozen: Actor | None = None  # the customer's stop
    waits_for_others: bool = False  # our word is given; the other numbers of the dossier keep the answer
    is_answering: bool = False  # too late for a stop
    is_answered: bool = False
    performed: PortPerformed | None = None

    time = KnownFromAStepOn[LegalTime]()  # the planning step
    plan = KnownFromAStepOn[PortOutPlan]()  # the planning step

    @property
    def kind(self) -> OrderKind:
        return OrderKind.PORT_OUT

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    @property
    def needs_no_answer(self) -> bool:
        """Our answer is out, or nobody waits for one any more."""
        return bool(self.is_answered or self.performed or self.desk.cancel or self.desk.status.state.is_final)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """By e-mail, where customer care knows an address, and to the number itself, which the customer keeps."""
        if not self.has_holder:
            return []
        said = {"recipient": self.order.recipient} | fields
        return [
            CustomerMessage(kind=f"port_out.{kind}", channel=channel, to=to, language=self.reach.language, fields=said)
            for channel, to in (("email", self.reach.email), ("sms", self.msisdn))
            if to
        ]
