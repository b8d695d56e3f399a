"""The lines of a contract's last invoice, with the mistakes that billing was set to make."""

import calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from simulator.billing.behaviours import Error
from simulator.world.clock import ZONE
from simulator.world.subscriber import Contract

OPTION = Decimal("5.00")
_CENT = Decimal("0.01")
_ONE_DAY = timedelta(days=1)
_MOST_USAGE = 300
_LOCAL_ZONE = ZoneInfo(ZONE)


@dataclass(frozen=True)
class InvoiceLine:
    """One line of an invoice. `first_day` and `last_day` bound its period, both included."""

    kind: str
    amount: Decimal
    text: str
    first_day: date | None = None
    last_day: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The line as the routes show it."""
        days = {"first_day": self.first_day, "last_day": self.last_day}
        shown = {name: None if day is None else day.isoformat() for name, day in days.items()}
        return {"kind": self.kind, "amount": str(self.amount), **shown, "text": self.text}


def last_day_of(effective_at: datetime) -> date:
    """The last local day of a contract. One that ends at midnight ends with the day before."""
    return (effective_at - timedelta(microseconds=1)).astimezone(_LOCAL_ZONE).date()


def make(
    contract: Contract,
    effective_at: datetime,
    leaving_fee: Decimal,
    fees: Iterable[tuple[Decimal, str]],
    errors: Collection[Error],
) -> list[InvoiceLine]:
    """The lines of the last invoice; `fees` are amounts and texts of fees that no invoice had yet."""
    last = last_day_of(effective_at)
    first = max(last.replace(day=1), date.fromisoformat(contract.signed_on))
    price = Decimal(contract.monthly_price)
    return [
        *_subscription(price, first, last, errors),
        *_leaving(price, leaving_fee, errors),
        *(InvoiceLine("sim_fee", amount, text) for amount, text in fees),
        InvoiceLine("usage", _usage(contract.id), "Outside the plan", min(first, last), last),
        *([InvoiceLine("option", OPTION, "Option", first, last)] if "option_forgotten" in errors else []),
    ]


def pro_rata(price: Decimal, first: date, last: date, *, days_more: int = 0) -> Decimal:
    """A month's price for some of its days, both included, rounded to the cent."""
    of_month = calendar.monthrange(last.year, last.month)[1]
    days = (last - first).days + 1 + days_more
    return (price * days / of_month).quantize(_CENT, ROUND_HALF_UP)


def _subscription(price: Decimal, first: date, last: date, errors: Collection[Error]) -> list[InvoiceLine]:
    lines = []
    if first <= last:
        amount = pro_rata(price, first, last, days_more=int("prorata_wrong" in errors))
        lines.append(InvoiceLine("subscription", amount, "Plan", first, last))
    if "charge_after_end" in errors:
        after = last + _ONE_DAY
        until = after.replace(day=calendar.monthrange(after.year, after.month)[1])
        lines.append(InvoiceLine("subscription", pro_rata(price, after, until), "Plan", after, until))
    return lines


def _leaving(price: Decimal, fee: Decimal, errors: Collection[Error]) -> list[InvoiceLine]:
    charged = fee + (price if "fee_too_high" in errors else 0)
    times = 2 if "fee_twice" in errors else 1
    return [InvoiceLine("leaving_fee", charged.quantize(_CENT), "Leaving fee")] * times if charged else []


def _usage(contract_id: str) -> Decimal:
    # Some cents, always the same for a contract.
    return (Decimal(crc32(contract_id.encode()) % _MOST_USAGE) / 100).quantize(_CENT)
