"""What the holder gets back after the end of a contract."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from domain.contracts import Account
from domain.model import Instant, Model
from rules.france.calendar import Territory
from rules.france.leaving_config import DEFAULT_LEAVING, LeavingConfig


class Owed(Model):
    """Refund kind (deposit, advances, late_increase) → euros; `…_due`: legal instants by which the law wants them."""

    amounts: dict[str, Decimal] = Field(default_factory=dict)
    deposit_due: Instant | None = None
    advances_due: Instant | None = None


def owe_back(
    account: Account,
    *,
    returned_at: datetime | None,
    paid_at: datetime | None,
    now: datetime,
    effective_at: datetime | None = None,
    config: LeavingConfig = DEFAULT_LEAVING,
    territory: Territory = Territory.METROPOLE,
) -> Owed:
    """What is due back by `now`, and by when. `returned_at`: the item's return; `paid_at`: the last invoice's payment;
    `effective_at`: the contract's end. All are legal instants, None for not yet.
    """
    raise NotImplementedError
