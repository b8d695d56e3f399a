"""What the holder gets back after the end of a contract, and by when.

Source: Code de la consommation, L224-35: a deposit at most ten days after the item is returned, advances at most ten
days after the last invoice is paid; L242-19 (once L121-84-1): what comes later is increased by half. Ours: the day of
the return or payment does not count and the tenth counts to its end, local; a deposit for no item is due from the
contract's end; an increase is rounded up to the cent, for it is a floor.
"""

from datetime import datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from domain.contracts import Account
from rules.france.calendar import local_date, local_instant
from rules.france.contract_end_config import DEFAULT_CONTRACT_END, ContractEndConfig
from rules.france.numbering import Territory
from rules.plans import Refunds

_CENT = Decimal("0.01")
_MIDNIGHT = time(0)

DEPOSIT, ADVANCES = "deposit", "advances"


def owe_back(
    account: Account,
    *,
    returned_at: datetime | None,
    paid_at: datetime | None,
    now: datetime,
    effective_at: datetime | None = None,
    config: ContractEndConfig = DEFAULT_CONTRACT_END,
    territory: Territory = Territory.METROPOLE,
) -> Refunds:
    """What is due back by `now`, and by when, as if nothing had been given back yet. `returned_at`: the item's return;
    `paid_at`: the last invoice's payment; `effective_at`: the contract's end. All are legal instants, None for not yet.
    """
    since = returned_at if returned_at is not None or account.deposit_item else effective_at
    deposit_due = _due(account.deposit, since, config.deposit_days, territory)
    advances_due = _due(account.advances, paid_at, config.advances_days, territory)
    amounts, late = {}, {}
    for kind, amount, due in ((DEPOSIT, account.deposit, deposit_due), (ADVANCES, account.advances, advances_due)):
        if due is not None:
            amounts[kind] = amount
            if now > due:
                late[kind] = (amount * config.late_increase).quantize(_CENT, rounding=ROUND_CEILING)
    return Refunds(amounts=amounts, late=late, deposit_due=deposit_due, advances_due=advances_due)


def _due(amount: Decimal, since: datetime | None, days: int, territory: Territory) -> datetime | None:
    """The end of the last day in time; None where nothing is owed, or not yet."""
    if amount <= 0 or since is None:
        return None
    return local_instant(local_date(since, territory) + timedelta(days=days + 1), _MIDNIGHT, territory)
