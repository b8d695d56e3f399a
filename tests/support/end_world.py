"""The outside world of an end of contract: the line as for a SIM replacement, and billing, whose later acts (an
invoice, a payment, an item's return, the answer to a dispute) happen by themselves when a test arranges.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from activities.billing import OpenDispute
from domain.contracts import Account, Contract, InvoiceLine
from domain.termination import FollowUp, InvoiceSeen, Quarantine
from tests.support.fake_world import FakeClock, FakeWorld
from tests.support.sim_world import SimWorld

CONTRACT = Contract(id="K-9", signed_on=date(2020, 3, 1), monthly_price=Decimal("19.99"))
"""Long out of its commitment: leaving costs nothing."""

NEVER = timedelta(days=10_000)


def june(last: int = 13, amount: str = "8.66") -> InvoiceLine:
    """The subscription of 1 June 2026 to the last day, pro rata of 19.99."""
    return InvoiceLine(
        kind="subscription", amount=Decimal(amount), first_day=date(2026, 6, 1), last_day=date(2026, 6, last)
    )


class FakeBill:
    """One contract's money. Durations count from the request of the invoice, or from the dispute."""

    def __init__(self) -> None:
        self.lines = [june()]
        self.issued_after = timedelta(days=2)
        self.paid_after = timedelta(days=5)
        self.answered_after = timedelta(days=2)
        self.answers = ["credited"]
        self.credits: Decimal | None = None  # instead of all that was disputed
        self.account = Account()
        self.returned_at: datetime | None = None
        self.asked_at: datetime | None = None
        self.ended: dict[str, datetime] = {}
        self.fees: list[Decimal] = []
        self.disputes: list[tuple[OpenDispute, datetime]] = []
        self.refunds: dict[str, tuple[str, Decimal]] = {}

    def lend(self, *, deposit: str = "0.00", item: str = "box", advances: str = "0.00") -> None:
        self.account = Account(
            deposit=Decimal(deposit), deposit_item=item if Decimal(deposit) else "", advances=Decimal(advances)
        )

    # What billing shows at a legal instant.

    def invoice(self, now: datetime) -> InvoiceSeen:
        if self.asked_at is None or now < self.asked_at + self.issued_after:
            return InvoiceSeen()
        paid_at = self.asked_at + self.paid_after
        paid = now >= paid_at
        return InvoiceSeen(
            state="paid" if paid else "issued",
            total=sum((line.amount for line in self.lines), Decimal("0.00")),
            issued_at=self.asked_at + self.issued_after,
            paid_at=paid_at if paid else None,
        )

    def account_at(self, now: datetime) -> Account:
        back = self.returned_at if self.returned_at and now >= self.returned_at else None
        return self.account.model_copy(update={"item_returned_at": back})

    def dispute(self, dispute_id: str, now: datetime) -> tuple[str, Decimal]:
        """State and credit of the dispute `D-n`."""
        if not dispute_id:
            return "", Decimal("0.00")
        number = int(dispute_id.partition("-")[2])
        opened, at = self.disputes[number - 1]
        if now < at + self.answered_after:
            return "open", Decimal("0.00")
        answer = self.answers[min(number, len(self.answers)) - 1]
        over = sum((difference.over for difference in opened.differences), Decimal("0.00"))
        credited = over if self.credits is None else self.credits
        return answer, credited if answer == "credited" else Decimal("0.00")

    @property
    def paid_back(self) -> dict[str, str]:
        """What was refunded, by its own name, as text."""
        return {reference.partition(":")[2]: f"{amount:.2f}" for reference, (_, amount) in self.refunds.items()}


class EndWorld(SimWorld):
    """The line, and what billing knows of its contract. `range_holder` as the registry says."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.bill = FakeBill()
        self.range_holder = "ALIZE"
        self.know(contract=CONTRACT)

    # What a test asks about afterwards.

    @property
    def quarantines(self) -> list[Quarantine]:
        """The quarantines that the order's entries began."""
        return [entry.quarantine for entry in self.recorder.entries if entry.quarantine]

    @property
    def follow_ups(self) -> list[FollowUp]:
        """The orders that the order's entries accepted."""
        return [follow for entry in self.recorder.entries for follow in entry.follow_ups]

    @property
    def needing_a_person(self) -> list[str]:
        """The lines of the timeline that came with a call for a person."""
        return [
            entry.events[0].what
            for entry in self.recorder.entries
            if entry.status.needs_attention and entry.events and not entry.is_note
        ]

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"ended": dict(self.bill.ended), "invoiced": self.bill.asked_at}


class RoundWorld(FakeWorld):
    """A quarantine of so many pages: `fates` of the numbers on each."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.fates: list[dict[str, int]] = [{}]

    def page(self, after: int) -> dict[str, int | None]:
        """The page behind the row `after`; each page ends a hundred rows further."""
        number = after // 100
        return {**self.fates[number], "next": after + 100 if number + 1 < len(self.fates) else None}
