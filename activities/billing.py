"""Billing at the end of a contract: the contract ended, the last invoice, disputes and refunds."""

from decimal import Decimal

from pydantic import Field
from temporalio import activity

from domain.clock import LegalClock
from domain.contracts import Account, Difference, InvoiceLine
from domain.model import Instant, Model
from domain.refusals import Refusal
from domain.termination import InvoiceSeen


class EndContract(Model):
    """`effective_at`: legal instant from which nothing may be charged. `reason`: terminated or ported_out."""

    order_id: str
    msisdn: str
    contract_id: str
    effective_at: Instant
    reason: str = "terminated"
    key: str


class ContractEnded(Model):
    refusal: Refusal | None = None


class RequestFinalInvoice(Model):
    order_id: str
    contract_id: str
    effective_at: Instant
    leaving_fee: Decimal
    key: str


class FinalInvoiceRequested(Model):
    """`expected_at`: legal instant."""

    invoice_id: str = ""
    expected_at: Instant | None = None
    refusal: Refusal | None = None


class LookAtMoney(Model):
    contract_id: str
    invoice_id: str
    dispute_id: str = ""


class MoneySeen(Model):
    """Where the money stands. `dispute`: open, credited, rejected, or empty for none."""

    clock: LegalClock
    invoice: InvoiceSeen = InvoiceSeen()
    lines: list[InvoiceLine] = Field(default_factory=list)
    account: Account = Account()
    dispute: str = ""
    credited: Decimal = Decimal("0.00")


class OpenDispute(Model):
    order_id: str
    invoice_id: str
    differences: list[Difference]
    key: str


class DisputeOpened(Model):
    dispute_id: str = ""
    refusal: Refusal | None = None


class Refund(Model):
    """`kind`: deposit, advances or late_increase. `reference` is the refund's own: at most one of each kind."""

    order_id: str
    reference: str
    contract_id: str
    kind: str
    amount: Decimal
    key: str


class Refunded(Model):
    refund_id: str = ""
    refusal: Refusal | None = None


class BillingActivities:
    """What billing is asked for."""

    @activity.defn(name="billing_end_contract")
    async def end_contract(self, request: EndContract) -> ContractEnded:
        """The contract ends; nothing happens to a newer one of the same number."""
        raise NotImplementedError

    @activity.defn(name="billing_request_final_invoice")
    async def request_final_invoice(self, request: RequestFinalInvoice) -> FinalInvoiceRequested:
        """The last invoice is asked for, with the leaving fee, once per order."""
        raise NotImplementedError

    @activity.defn(name="billing_look")
    async def look(self, request: LookAtMoney) -> MoneySeen:
        """Invoice, account and dispute, as they stand."""
        raise NotImplementedError

    @activity.defn(name="billing_open_dispute")
    async def open_dispute(self, request: OpenDispute) -> DisputeOpened:
        """What the contract does not justify is asked back."""
        raise NotImplementedError

    @activity.defn(name="billing_refund")
    async def refund(self, request: Refund) -> Refunded:
        """Money back to the holder, once per reference."""
        raise NotImplementedError
