"""Billing of the home operator, which is a part of customer care: deposits and advances, contracts ended, last
invoices, disputes and refunds (docs/home-systems.md, *Ends of contracts*). Amounts include tax.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import httpx
from pydantic import Field

from domain.contracts import Account, Difference, InvoiceLine
from domain.model import Instant, Model
from parties.answers import read_answer, write_answer
from parties.errors import PartyRefused
from parties.http import HttpParty
from parties.http_answers import Json
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts
from parties.wire_time import utc_text

PARTY = "care"


class EndedContract(Model):
    """`ended_at`: the legal instant from which nothing is charged; the first end counts."""

    contract_id: str
    state: Literal["ended"]
    ended_at: Instant


class RequestedInvoice(Model):
    """The last invoice is being made. `expected_at` is legal time."""

    invoice_id: str
    expected_at: Instant | None = None


class Invoice(Model):
    """An invoice as billing shows it; lines and total come with its issue. Instants are legal time."""

    invoice_id: str
    state: Literal["pending", "issued", "paid"]
    issued_at: Instant | None = None
    paid_at: Instant | None = None
    lines: list[InvoiceLine] = Field(default_factory=list)
    total: Decimal = Decimal("0.00")


class OpenedDispute(Model):
    dispute_id: str


class Dispute(Model):
    """What became of a dispute: `credited` so much, at the legal instant `at`."""

    dispute_id: str
    state: Literal["open", "credited", "rejected"]
    credited: Decimal = Decimal("0.00")
    at: Instant | None = None


class PaidRefund(Model):
    refund_id: str
    amount: Decimal


class Billing:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/care", timeouts)

    async def account(self, contract_id: str) -> Account | None:
        """The deposit and advances of a contract's holder, None when there is no such contract."""
        where = path("/contracts/{contract_id}/account", contract_id=contract_id)
        body = await self._look("account", where, "unknown_contract")
        return None if body is None else read_answer(Account, body, PARTY, "account")

    async def end(
        self, *, reference: str, msisdn: str, contract_id: str, effective_at: datetime, reason: str, key: str
    ) -> EndedContract:
        """The contract ends at a legal instant; one that has ended stays as it ended. `reason`: terminated or
        ported_out. Refused `unknown_line`, or `contract_differs` when the line has another one, which stays untouched.
        """
        body = {
            "reference": reference,
            "contract_id": contract_id,
            "effective_at": utc_text(effective_at),
            "reason": reason,
        }
        answer = await self._party.write("end", path("/lines/{msisdn}/end", msisdn=msisdn), body, key=key)
        return write_answer(EndedContract, answer, PARTY, "end")

    async def final_invoice(
        self, *, reference: str, contract_id: str, effective_at: datetime, leaving_fee: Decimal, key: str
    ) -> RequestedInvoice:
        """Have the last invoice made, with the leaving fee on it, once per reference. Refused `unknown_contract`."""
        body = {
            "reference": reference,
            "contract_id": contract_id,
            "effective_at": utc_text(effective_at),
            "leaving_fee": _decimal(leaving_fee),
        }
        answer = await self._party.write("final_invoice", "/invoices", body, key=key)
        return write_answer(RequestedInvoice, answer, PARTY, "final_invoice")

    async def invoice(self, invoice_id: str) -> Invoice | None:
        """An invoice as it stands, None when billing knows none."""
        where = path("/invoices/{invoice_id}", invoice_id=invoice_id)
        body = await self._look("invoice", where, "unknown_invoice")
        return None if body is None else read_answer(Invoice, body, PARTY, "invoice")

    async def dispute(
        self, *, reference: str, invoice_id: str, differences: Sequence[Difference], key: str
    ) -> OpenedDispute:
        """Ask back what the contract does not justify."""
        listed = [
            {"kind": each.kind, "over": _decimal(each.over), "why": each.why, "rule": each.rule} for each in differences
        ]
        body = {"reference": reference, "invoice_id": invoice_id, "differences": listed}
        answer = await self._party.write("dispute", "/disputes", body, key=key)
        return write_answer(OpenedDispute, answer, PARTY, "dispute")

    async def dispute_state(self, dispute_id: str) -> Dispute | None:
        """What became of a dispute, None when billing knows none."""
        where = path("/disputes/{dispute_id}", dispute_id=dispute_id)
        body = await self._look("dispute_state", where, "unknown_dispute")
        return None if body is None else read_answer(Dispute, body, PARTY, "dispute_state")

    async def refund(self, *, reference: str, contract_id: str, kind: str, amount: Decimal, key: str) -> PaidRefund:
        """Money back to the holder, once per reference. `kind`: deposit, advances or late_increase. Refused
        `refund_exists` when it was another amount.
        """
        body = {"reference": reference, "contract_id": contract_id, "kind": kind, "amount": _decimal(amount)}
        return write_answer(PaidRefund, await self._party.write("refund", "/refunds", body, key=key), PARTY, "refund")

    async def _look(self, call: str, where: str, unknown: str) -> Json | None:
        """The answer of a read, None when it is refused as `unknown`."""
        try:
            return await self._party.read(call, where)
        except PartyRefused as refused:
            if refused.code == unknown:
                return None
            raise


def _decimal(amount: Decimal) -> str:
    """An amount as the wire takes it: two decimals."""
    return f"{amount:.2f}"
