"""The days of a contract that a subscription is charged for, each once."""

import calendar
import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from domain.contracts import Contract

_CENTS = 100
_HALF = Fraction(1, 2)


class Share(NamedTuple):
    """The price of the days of one line, in euros, not yet rounded; and how many of its days count for nothing."""

    exact: Fraction
    days_after_end: int
    days_again: int

    @property
    def floor(self) -> Decimal:
        """Rounded in the customer's favour."""
        return _euros(math.floor(self.exact * _CENTS))

    @property
    def rounded(self) -> Decimal:
        """Rounded to the next cent, as billing may."""
        return _euros(math.floor(self.exact * _CENTS + _HALF))


class Prorata:
    """A contract's days up to `end`, its last: each is paid for once, by its share of the calendar month."""

    def __init__(self, contract: Contract, end: date) -> None:
        self._price = Fraction(contract.monthly_price)
        self._begin = contract.signed_on
        self._end = end
        self._taken: set[date] = set()

    def take(self, first: date | None, last: date | None) -> Share:
        """The days from `first` to `last`, which then are taken; without bounds, those of the last month."""
        first = self._end.replace(day=1) if first is None else first
        last = self._end if last is None else last
        days = _days(max(first, self._begin), min(last, self._end))
        fresh = [day for day in days if day not in self._taken]
        self._taken.update(fresh)
        after = len(range(max(first.toordinal(), self._end.toordinal() + 1), last.toordinal() + 1))
        return Share(
            exact=sum((self._price / _month(day) for day in fresh), Fraction(0)),
            days_after_end=after,
            days_again=len(days) - len(fresh),
        )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _month(day: date) -> int:
    """The days of its month."""
    return calendar.monthrange(day.year, day.month)[1]


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
