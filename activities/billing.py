"""Billing at the end of a contract: the contract ended, the last invoice, disputes and refunds."""

import asyncio
from decimal import Decimal

from pydantic import Field
from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.clock import LegalClock
from domain.contracts import Account, Difference, InvoiceLine
from domain.model import Instant, Model
from domain.party import Party
from domain.refusals import Refusal
from domain.termination import InvoiceSeen
from parties.billing import Billing, Dispute, Invoice
from parties.clock import ClockReader
from parties.errors import PartyRefused


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

    def __init__(self, billing: Billing, clock: ClockReader) -> None:
        self._billing = billing
        self._clock = clock

    @activity.defn(name="billing_end_contract")
    @calls_parties(Party.CARE)
    async def end_contract(self, request: EndContract) -> ContractEnded:
        """The contract ends; nothing happens to a newer one of the same number."""
        with outages_are_retried():
            try:
                await self._billing.end(
                    reference=request.order_id,
                    msisdn=request.msisdn,
                    contract_id=request.contract_id,
                    effective_at=request.effective_at,
                    reason=request.reason,
                    key=request.key,
                )
            except PartyRefused as error:
                return ContractEnded(refusal=as_refusal(error))
        return ContractEnded()

    @activity.defn(name="billing_request_final_invoice")
    @calls_parties(Party.CARE)
    async def request_final_invoice(self, request: RequestFinalInvoice) -> FinalInvoiceRequested:
        """The last invoice is asked for, with the leaving fee, once per order."""
        with outages_are_retried():
            try:
                asked = await self._billing.final_invoice(
                    reference=request.order_id,
                    contract_id=request.contract_id,
                    effective_at=request.effective_at,
                    leaving_fee=request.leaving_fee,
                    key=request.key,
                )
            except PartyRefused as error:
                return FinalInvoiceRequested(refusal=as_refusal(error))
        return FinalInvoiceRequested(invoice_id=asked.invoice_id, expected_at=asked.expected_at)

    @activity.defn(name="billing_look")
    @calls_parties(Party.CARE)
    async def look(self, request: LookAtMoney) -> MoneySeen:
        """Invoice, account and dispute, as they stand. What billing does not know counts as not there yet."""
        with outages_are_retried():
            clock, account, invoice, dispute = await asyncio.gather(
                self._clock.read(),
                self._billing.account(request.contract_id),
                self._invoice(request.invoice_id),
                self._dispute(request.dispute_id),
            )
        seen = MoneySeen(clock=clock, account=account or Account())
        if invoice is not None:
            shown = InvoiceSeen(
                state=invoice.state, total=invoice.total, issued_at=invoice.issued_at, paid_at=invoice.paid_at
            )
            seen = seen.model_copy(update={"invoice": shown, "lines": invoice.lines})
        if dispute is not None:
            seen = seen.model_copy(update={"dispute": dispute.state, "credited": dispute.credited})
        return seen

    @activity.defn(name="billing_open_dispute")
    @calls_parties(Party.CARE)
    async def open_dispute(self, request: OpenDispute) -> DisputeOpened:
        """What the contract does not justify is asked back. Each key is a dispute of its own: an invoice may be
        disputed again.
        """
        with outages_are_retried():
            try:
                opened = await self._billing.dispute(
                    reference=request.key,
                    invoice_id=request.invoice_id,
                    differences=request.differences,
                    key=request.key,
                )
            except PartyRefused as error:
                return DisputeOpened(refusal=as_refusal(error))
        return DisputeOpened(dispute_id=opened.dispute_id)

    @activity.defn(name="billing_refund")
    @calls_parties(Party.CARE)
    async def refund(self, request: Refund) -> Refunded:
        """Money back to the holder, once per reference."""
        with outages_are_retried():
            try:
                paid = await self._billing.refund(
                    reference=request.reference,
                    contract_id=request.contract_id,
                    kind=request.kind,
                    amount=request.amount,
                    key=request.key,
                )
            except PartyRefused as error:
                return Refunded(refusal=as_refusal(error))
        return Refunded(refund_id=paid.refund_id)

    async def _invoice(self, invoice_id: str) -> Invoice | None:
        return await self._billing.invoice(invoice_id) if invoice_id else None

    async def _dispute(self, dispute_id: str) -> Dispute | None:
        return await self._billing.dispute_state(dispute_id) if dispute_id else None
