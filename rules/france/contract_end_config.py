"""The figures of leaving that an operator may have to change, each with where its default comes from."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from domain.model import Model


class ContractEndConfig(Model):
    """One edition of the rules on ends of contracts. "Ours" means that no public text was found and the default is a
    choice; days are calendar days of legal time.
    """

    edition: str = "fr-leaving-2023-01-01"

    # L224-39: at most ten days from receipt; the consumer may ask for longer.
    notice_days: int = Field(default=10, ge=0, le=10)
    # Ours: so far ahead a customer may choose his last day.
    max_lead_days: int = Field(default=366, ge=10, le=1000)

    # L224-28: commitments above twelve months; the share of what is left after month 12, by the contract's date.
    free_after_months: int = 12
    # The same title of the code, from memory: no commitment of a consumer is longer.
    longest_commitment_months: int = Field(default=24, ge=12)
    reform: date = date(2023, 1, 1)  # loi 2022-1158, article 15: contracts concluded from then on
    share_before: Decimal = Decimal("0.25")
    share_since: Decimal = Decimal("0.20")  # and only with a subsidised handset

    # L224-35: deposit ten days after the item is back, advances ten days after the last invoice is paid; L242-19: late
    # payments are increased by half.
    deposit_days: int = 10
    advances_days: int = 10
    late_increase: Decimal = Decimal("0.5")

    # Decision 2013-0830, article 12 II: portable for forty days. Decision 2022-1583, 2.2.6: 45 to 120 days, the
    # operator's choice, before the number is given to anybody else.
    portable_days: int = 40
    quarantine_days: int = Field(default=45, ge=45, le=120)

    # Ours: how long billing may take before a person is told.
    invoice_patience: timedelta = timedelta(days=15)
    dispute_patience: timedelta = timedelta(days=10)
    payment_patience: timedelta = timedelta(days=30)
    item_patience: timedelta = timedelta(days=180)

    @model_validator(mode="after")
    def _quarantine_outlives_the_right_to_port(self) -> Self:
        if self.quarantine_days < self.portable_days + 5:
            raise ValueError("a number is not given away before its right to be ported has ended for five days")
        return self


DEFAULT_CONTRACT_END = ContractEndConfig()
