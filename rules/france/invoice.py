"""The last invoice, line by line, against the contract."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from domain.contracts import Contract, Difference, InvoiceLine, LeavingCost
from rules.france.calendar import Territory


def check_invoice(
    lines: Iterable[InvoiceLine],
    *,
    contract: Contract,
    cost: LeavingCost,
    effective_at: datetime,
    territory: Territory = Territory.METROPOLE,
    already_billed_fees: Iterable[Decimal] = (),
) -> list[Difference]:
    """What the contract does not justify. `effective_at`: legal instant from which nothing may be charged;
    `already_billed_fees`: the amounts of SIM fees on earlier invoices.
    """
    raise NotImplementedError
