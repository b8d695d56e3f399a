"""One SIM replacement while it runs: what its parts share."""

from dataclasses import dataclass, field

from activities.care import Reach
from domain.orders import CustomerMessage, OrderKind
from domain.sim_replacement import SimReplacementOrder
from domain.sims import SimCard
from rules.plans import SimReplacementPlan
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.running import Run

BARRED = "The old SIM stays barred until the holder lifts it."
"""Why the barring has no undo: a SIM in wrong hands must not come back to life because a replacement failed."""


@dataclass
class Replacement(Run):
    """State that the steps hand to each other."""

    order: SimReplacementOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    old_sim: SimCard | None = None  # known from the planning step on; None: no SIM carries the number
    contract_id: str = ""
    reach: Reach = field(default_factory=Reach)
    barred: bool = False

    time = KnownFromAStepOn[LegalTime]()  # the planning step
    plan = KnownFromAStepOn[SimReplacementPlan]()  # the planning step

    @property
    def kind(self) -> OrderKind:
        return OrderKind.SIM_REPLACEMENT

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    @property
    def is_planned(self) -> bool:
        return Replacement.plan.is_known(self)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the old channel: the address that customer care has known all along, and the line itself as long as its
        SIM is in the holder's hands.
        """
        line_too = not self.reach.email or (self.is_planned and self.plan.notify_line)
        return self._to(kind, line_too=line_too, **fields)

    def messages_everywhere(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the old channel and to the line, which the new SIM carries."""
        return self._to(kind, line_too=True, **fields)

    def _to(self, kind: str, *, line_too: bool, **fields: str) -> list[CustomerMessage]:
        known = [("email", self.reach.email), ("sms", self.order.msisdn if line_too else self.reach.phone)]
        return [
            CustomerMessage(
                kind=f"sim_replacement.{kind}", channel=channel, to=to, language=self.reach.language, fields=fields
            )
            for channel, to in known
            if to
        ]
