"""One termination while it runs: what its parts share."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from activities.care import Reach
from domain.contracts import Account, Contract
from domain.orders import CustomerMessage, OrderKind
from domain.sims import SimCard
from domain.termination import TerminationOrder
from rules.france.leaving import TerminationPlan
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.legal_time import LegalTime


@dataclass
class Ending:
    """State that the steps hand to each other. Nothing is done before the last day's end, so nothing has an undo."""

    order: TerminationOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    reach: Reach = field(default_factory=Reach)
    sim: SimCard | None = None  # that carries the number; None: none does
    account: Account = field(default_factory=Account)
    range_holder: str = ""
    _contract: Contract | None = None
    _time: LegalTime | None = None
    _plan: TerminationPlan | None = None

    @property
    def time(self) -> LegalTime:
        """Known from the planning step on."""
        assert self._time is not None
        return self._time

    @time.setter
    def time(self, time: LegalTime) -> None:
        self._time = time

    @property
    def plan(self) -> TerminationPlan:
        """Known from the planning step on."""
        assert self._plan is not None
        return self._plan

    @plan.setter
    def plan(self, plan: TerminationPlan) -> None:
        self._plan = plan

    @property
    def contract(self) -> Contract:
        """Known from the planning step on."""
        assert self._contract is not None
        return self._contract

    @contract.setter
    def contract(self, contract: Contract) -> None:
        self._contract = contract

    @property
    def is_planned(self) -> bool:
        return self._plan is not None

    @property
    def kind(self) -> OrderKind:
        return OrderKind.TERMINATION

    @property
    def msisdn(self) -> str:
        return self.order.msisdn

    def key(self, step: str, number: int = 1) -> str:
        """The idempotency key of a write."""
        return f"{self.order.order_id}:{step}:{number}"

    def local_day(self, instant: datetime) -> str:
        """The calendar day of a legal instant in the number's territory, as an ISO date."""
        return instant.astimezone(ZoneInfo(self.plan.zone)).date().isoformat()

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
