"""What leaving costs before a commitment is over, and what comes back."""

from datetime import date

from domain.contracts import Account, Contract, LeavingCost
from rules.france.leaving_config import DEFAULT_LEAVING, LeavingConfig


def leaving_cost(
    contract: Contract, last_day: date, account: Account, config: LeavingConfig = DEFAULT_LEAVING
) -> LeavingCost:
    """What leaving on `last_day` (local) costs, figure by figure, and what is due back."""
    raise NotImplementedError
