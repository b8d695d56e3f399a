"""The plan of a termination, and the check of its last invoice: what customer care says, and what the rules say."""

from pydantic import Field
from temporalio import activity

from activities.care import Reach
from domain.clock import LegalClock
from domain.contracts import Account, Contract, Difference, InvoiceLine
from domain.model import Instant, Model
from domain.orders import JournalEntry
from domain.refusals import Refusal
from domain.sims import SimCard
from domain.termination import SettlementOrder, TerminationOrder
from rules.france.leaving import TerminationPlan


class PlanTermination(Model):
    order: TerminationOrder
    entry: JournalEntry | None = None  # journalled when there is a plan


class PlannedTermination(Model):
    """The plan and the line it is made for, or why the order cannot be."""

    clock: LegalClock
    plan: TerminationPlan | None = None
    sim: SimCard | None = None  # that carries the number: IMSI as the HLR says, else as care says
    contract: Contract | None = None
    account: Account = Account()
    range_holder: str = ""
    reach: Reach = Reach()
    refusal: Refusal | None = None


class CheckInvoice(Model):
    order: SettlementOrder
    lines: list[InvoiceLine] = Field(default_factory=list)


class CheckedInvoice(Model):
    differences: list[Difference] = Field(default_factory=list)


class OweBack(Model):
    """What the holder gets back, as far as it is due: `returned_at` of the item, `paid_at` of the last invoice."""

    order: SettlementOrder
    returned_at: Instant | None = None
    paid_at: Instant | None = None
    now: Instant


class OwedBack(Model):
    """Refund kind → decimal text in euros; `…_due`: the legal instants by which the law wants them paid."""

    amounts: dict[str, str] = Field(default_factory=dict)
    deposit_due: Instant | None = None
    advances_due: Instant | None = None


class LeavingActivities:
    """Rules, evaluated against legal now."""

    @activity.defn(name="rules_plan_termination")
    async def plan_termination(self, request: PlanTermination) -> PlannedTermination:
        """Asks customer care, the HLR and the registry; then the rules."""
        raise NotImplementedError

    @activity.defn(name="rules_check_invoice")
    async def check_invoice(self, request: CheckInvoice) -> CheckedInvoice:
        """The last invoice, line by line, against the contract."""
        raise NotImplementedError

    @activity.defn(name="rules_owe_back")
    async def owe_back(self, request: OweBack) -> OwedBack:
        """Deposit and advances, increased by half where the payment comes late."""
        raise NotImplementedError
