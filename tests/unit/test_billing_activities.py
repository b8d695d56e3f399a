"""What billing answers at the end of a contract, as a workflow gets to know it."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities.billing import (
    BillingActivities,
    EndContract,
    LookAtMoney,
    MoneySeen,
    OpenDispute,
    Refund,
    RequestFinalInvoice,
)
from domain.clock import LegalClock, real_time
from domain.contracts import Account, Difference, InvoiceLine
from domain.refusals import RefusalCode
from domain.termination import InvoiceSeen
from parties.billing import Billing, Dispute, Invoice, OpenedDispute
from parties.clock import ClockReader
from parties.errors import PartyRefused
from tests.support.journal_kit import MSISDN, NOW

LINE = InvoiceLine(kind="subscription", amount=Decimal("8.38"))
ISSUED = Invoice(invoice_id="I-1", state="issued", issued_at=NOW, lines=[LINE], total=Decimal("8.38"))


@dataclass
class FakeBilling:
    """Billing with one account, one invoice and one dispute; or one that refuses whatever is written."""

    refuses: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def read(self) -> LegalClock:
        return real_time(NOW)

    async def account(self, contract_id: str) -> Account | None:
        self.asked.append(("account", contract_id))
        return Account(advances=Decimal("12.00")) if contract_id == "K-7" else None

    async def invoice(self, invoice_id: str) -> Invoice | None:
        self.asked.append(("invoice", invoice_id))
        return ISSUED if invoice_id == "I-1" else None

    async def dispute_state(self, dispute_id: str) -> Dispute | None:
        self.asked.append(("dispute", dispute_id))
        return Dispute(dispute_id=dispute_id, state="credited", credited=Decimal("3.00"), at=NOW)

    async def dispute(self, **fields: Any) -> OpenedDispute:
        self.asked.append(("open", fields["reference"]))
        return OpenedDispute(dispute_id="D-1")

    def __getattr__(self, call: str) -> Any:
        async def refuse(**_fields: Any) -> None:
            raise PartyRefused("care", call, code=self.refuses, message="refused")

        return refuse


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling()


@pytest.fixture
def activities(billing: FakeBilling) -> BillingActivities:
    return BillingActivities(cast(Billing, billing), cast(ClockReader, billing))


async def look(activities: BillingActivities, **asked: str) -> MoneySeen:
    return await ActivityEnvironment().run(activities.look, LookAtMoney(**({"contract_id": "K-7"} | asked)))


async def test_a_look_shows_account_invoice_and_dispute(activities: BillingActivities) -> None:
    seen = await look(activities, invoice_id="I-1", dispute_id="D-1")
    assert seen.account.advances == Decimal("12.00")
    assert seen.invoice == InvoiceSeen(state="issued", total=Decimal("8.38"), issued_at=NOW)
    assert (seen.lines, seen.dispute, seen.credited) == ([LINE], "credited", Decimal("3.00"))


async def test_what_was_never_asked_for_is_not_looked_for(activities: BillingActivities, billing: FakeBilling) -> None:
    seen = await look(activities, invoice_id="")
    assert [call for call, _ in billing.asked] == ["account"]
    assert (seen.invoice.state, seen.dispute) == ("pending", "")


async def test_what_billing_does_not_know_counts_as_not_there_yet(activities: BillingActivities) -> None:
    seen = await look(activities, contract_id="K-0", invoice_id="I-0")
    assert (seen.account, seen.invoice, seen.lines) == (Account(), InvoiceSeen(), [])


async def test_an_invoice_can_be_disputed_again(activities: BillingActivities, billing: FakeBilling) -> None:
    over = [Difference(kind="leaving_fee", over=Decimal("3.00"), why="twice", rule="L224-28")]
    for number in (1, 2):
        request = OpenDispute(order_id="st-1", invoice_id="I-1", differences=over, key=f"st-1:dispute-{number}:1")
        assert (await ActivityEnvironment().run(activities.open_dispute, request)).dispute_id == "D-1"
    assert len(set(billing.asked)) == 2


WRITES = {
    "end_contract": EndContract(order_id="te-1", msisdn=MSISDN, contract_id="K-7", effective_at=NOW, key="k"),
    "request_final_invoice": RequestFinalInvoice(
        order_id="te-1", contract_id="K-7", effective_at=NOW + timedelta(days=1), leaving_fee=Decimal(0), key="k"
    ),
    "refund": Refund(order_id="st-1", reference="r", contract_id="K-7", kind="deposit", amount=Decimal(1), key="k"),
}


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    ("said", "code"), [("unknown_line", RefusalCode.NUMBER_INACTIVE), ("contract_differs", RefusalCode.TECHNICAL)]
)
async def test_a_refusal_of_billing_is_a_result(
    activities: BillingActivities, billing: FakeBilling, call: str, said: str, code: RefusalCode
) -> None:
    billing.refuses = said
    done = await ActivityEnvironment().run(getattr(activities, call), WRITES[call])
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.raw_code) == (code, said)
