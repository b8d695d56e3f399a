"""Contracts: what pays for a line, and what is owed when it ends. Money is decimal, tax included, in the
currency of the national rules."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from domain.model import Instant, Model


class Contract(Model):
    """What pays for a line. `monthly_price` includes tax; days are local to the number's territory."""

    id: str
    signed_on: date
    amended_on: date | None = None  # a renewal with a new commitment counts as a conclusion of its own
    commitment_months: int = 0  # from the conclusion, or the amendment
    monthly_price: Decimal
    handset_subsidy: bool = False


class Account(Model):
    """What we owe the holder back: a deposit for an item, and what was paid in advance."""

    deposit: Decimal = Decimal("0.00")
    deposit_item: str = ""
    item_returned_at: Instant | None = None  # legal time
    advances: Decimal = Decimal("0.00")


class CostLine(Model):
    """One figure of what leaving costs: never without the rule that makes it. A negative amount comes back."""

    what: str
    amount: Decimal
    rule: str


class LeavingCost(Model):
    """What leaving on `last_day` costs: `fee` is charged at most once; `due_back` follows in the settlement."""

    last_day: date  # local to the number's territory; the line works until its end
    commitment_ends_on: date | None = None
    lines: list[CostLine] = Field(default_factory=list)
    fee: Decimal = Decimal("0.00")
    due_back: Decimal = Decimal("0.00")
    currency: str  # ISO 4217
    edition: str = ""


class InvoiceLine(Model):
    """One line of an invoice. `kind`: subscription, leaving_fee, sim_fee, option, usage, deposit, advance, credit.
    `first_day` and `last_day` bound the period that it is for.
    """

    kind: str
    amount: Decimal
    first_day: date | None = None
    last_day: date | None = None
    text: str = ""


class Difference(Model):
    """A line of an invoice that the contract does not justify; `over`: so much too much."""

    kind: str
    over: Decimal
    why: str
    rule: str
