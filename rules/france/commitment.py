"""The months of a commitment. Each begins on the day of the month on which the contract was concluded; where a month
has no such day, on its last one: never later, as favours the customer.
"""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from domain.contracts import Contract
from rules.france.contract_end_config import ContractEndConfig

_ONE_DAY = timedelta(days=1)
_YEAR = 12


class Commitment(NamedTuple):
    """`months` from `concluded_on` on, local days; no months: none."""

    concluded_on: date
    months: int

    @property
    def ends_on(self) -> date | None:
        """Its last day."""
        return months_after(self.concluded_on, self.months) - _ONE_DAY if self.months else None

    def begun_by(self, day: date) -> int:
        """How many of its months have begun by the end of `day`; a month that has begun is no longer owed."""
        return sum(months_after(self.concluded_on, month) <= day for month in range(self.months))


def commitment_of(contract: Contract, config: ContractEndConfig) -> Commitment:
    """From the contract's conclusion or its last amendment; what is longer than the law allows ends where it allows."""
    months = min(max(0, contract.commitment_months), config.longest_commitment_months)
    return Commitment(contract.amended_on or contract.signed_on, months)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * _YEAR + day.month - 1 + months, _YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
