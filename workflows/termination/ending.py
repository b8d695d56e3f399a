"""One termination while it runs: what its parts share."""

from dataclasses import dataclass, field

from activities.care import Reach
from domain.contracts import Account, Contract
from domain.orders import CustomerMessage, OrderKind
from domain.sims import SimCard
from domain.termination import TerminationOrder
from rules.plans import TerminationPlan
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.line_standing import LineStanding
from workflows.running import Run


@dataclass
class Ending(Run):
    """State that the steps hand to each other. Nothing is done before the last day's end, so nothing has an undo."""

    order: TerminationOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    reach: Reach = field(default_factory=Reach)
    sim: SimCard | None = None  # that carries the number; None: none does
    account: Account = field(default_factory=Account)
    range_holder: str = ""
    line: LineStanding = field(default_factory=LineStanding)

    time = KnownFromAStepOn[LegalTime]()  # the planning step
    plan = KnownFromAStepOn[TerminationPlan]()  # the planning step
    contract = KnownFromAStepOn[Contract]()  # the planning step

    @property
    def is_planned(self) -> bool:
        return Ending.plan.is_known(self)

    @property
    def kind(self) -> OrderKind:
        return OrderKind.TERMINATION

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """By e-mail, which lasts, where customer care knows an address; by SMS else. A line that is down gets none."""
        known = [("email", self.reach.email), ("sms", self.reach.phone or (None if self.reach.email else self.msisdn))]
        return [
            CustomerMessage(
                kind=f"termination.{kind}", channel=channel, to=to, language=self.reach.language, fields=fields
            )
            for channel, to in known
            if to
        ]
