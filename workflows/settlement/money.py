"""One settlement while it runs: what its parts share."""

from dataclasses import dataclass, field
from decimal import Decimal

from activities.billing import MoneySeen
from domain.money import money as shown
from domain.orders import CustomerMessage
from domain.termination import SettlementOrder, SettlementProgress
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.running import Run


@dataclass
class Money(Run):
    """State that the parts hand to each other. Money moves only forward: what is wrong is disputed, never undone."""

    order: SettlementOrder
    desk: Desk
    progress: SettlementProgress
    undo: Compensations = field(default_factory=Compensations)

    time = KnownFromAStepOn[LegalTime]()  # the first look
    seen = KnownFromAStepOn[MoneySeen]()  # the last look

    def take(self, seen: MoneySeen) -> None:
        """A look is there."""
        self.seen, self.time = seen, LegalTime(seen.clock)

    def note(self, **changed: object) -> None:
        """What has to outlive this run of the workflow."""
        self.progress = self.progress.model_copy(update=changed)

    def shown(self, amount: Decimal) -> str:
        """An amount of this settlement, as people read it."""
        return shown(amount, self.order.cost.currency)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the address that was known when the contract ended; never to the number, which may be somebody else's."""
        order = self.order
        return [
            CustomerMessage(kind=f"settlement.{kind}", channel=channel, to=to, language=order.language, fields=fields)
            for channel, to in (("email", order.email), ("sms", order.phone))
            if to
        ]
