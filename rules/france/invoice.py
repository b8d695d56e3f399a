"""The last invoice, line by line, against the contract.

No text settles how a last month is divided: by the days of the calendar month is ours, as billing does it. A fraction
of a cent is no difference, but what is asked back is counted in the customer's favour. The rest follows: nothing is
charged for a day after the contract's end (L224-39), a leaving fee once and no more than was announced (L224-28). What
is too little is not our customer's to complain of.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from domain.contracts import Contract, Difference, InvoiceLine, LeavingCost
from rules.france.calendar import ended_on
from rules.france.numbering import Territory
from rules.france.prorata import Prorata

_NOTHING = Decimal("0.00")

AFTER_THE_END = "Code de la consommation L224-39: nothing is charged after the contract's end"
BY_THE_DAY = "the contract's monthly price, by the days of the month, each day once (ours)"
ANNOUNCED = "Code de la consommation L224-28: the leaving fee once, as it was announced"
ONCE = "a fee is billed once (ours)"
NOT_IN_THE_CONTRACT = "the contract names no such charge (ours)"
REFUNDED_APART = "Code de la consommation L224-35: deposits and advances are given back, not charged"


class _Over(NamedTuple):
    """So much too much, and why."""

    amount: Decimal
    why: str
    rule: str


def check_invoice(
    lines: Iterable[InvoiceLine],
    *,
    contract: Contract,
    cost: LeavingCost,
    effective_at: datetime,
    territory: Territory = Territory.METROPOLE,
) -> list[Difference]:
    """What the contract does not justify, in the order of the lines. `effective_at`: legal instant from which nothing
    may be charged. Of earlier invoices billing tells nothing: a fee that is on one of those is not found.
    """
    check = _Check(contract, cost, ended_on(effective_at, territory))
    found = [(line, check.over(line)) for line in lines]
    return [
        Difference(kind=line.kind, over=over.amount, why=over.why, rule=over.rule)
        for line, over in found
        if over is not None and over.amount > 0
    ]


class _Check:
    """One invoice while it is read: what was billed once is not justified a second time."""

    def __init__(self, contract: Contract, cost: LeavingCost, end: date) -> None:
        self._end = end
        self._days = Prorata(contract, end)
        self._fee_left = cost.fee
        self._fees_seen: set[InvoiceLine] = set()

    def over(self, line: InvoiceLine) -> _Over | None:
        """None: justified."""
        if line.amount <= 0:
            return None
        match line.kind:
            case "subscription":
                return self._subscription(line)
            case "leaving_fee":
                return self._leaving_fee(line)
            case "deposit" | "advance" | "credit":
                return _Over(line.amount, "charged instead of given back", REFUNDED_APART)
        if line.first_day is not None and line.first_day > self._end:
            return _Over(line.amount, f"charged for days after {self._end}, the last one", AFTER_THE_END)
        match line.kind:
            case "usage":
                return None
            case "sim_fee":
                return self._sim_fee(line)
            case "option":
                return _Over(line.amount, "an option that the contract does not have", NOT_IN_THE_CONTRACT)
        return _Over(line.amount, "a charge of a kind that is not known", NOT_IN_THE_CONTRACT)

    def _subscription(self, line: InvoiceLine) -> _Over | None:
        share = self._days.take(line.first_day, line.last_day)
        if line.amount <= share.rounded:
            return None
        over = line.amount - share.floor
        if share.days_after_end:
            return _Over(over, f"charged for days after {self._end}, the last one", AFTER_THE_END)
        why = "days that are billed already" if share.days_again else "more than the contract's price for these days"
        return _Over(over, why, BY_THE_DAY)

    def _leaving_fee(self, line: InvoiceLine) -> _Over | None:
        justified = min(line.amount, self._fee_left)
        self._fee_left -= justified
        return _Over(line.amount - justified, "more than was announced, or a second time", ANNOUNCED)

    def _sim_fee(self, line: InvoiceLine) -> _Over | None:
        again = line in self._fees_seen
        self._fees_seen.add(line)
        return _Over(line.amount, "a fee that is billed already", ONCE) if again else None
