"""What becomes of a number whose contract has ended.

Sources: decision 2013-0830, article 12 II: portable for forty calendar days, its RIO kept; decision 2022-1583, 2.2.6:
given to nobody else before 45 to 120 days, the operator's choice, from the end's effect. Day 1 is the first whole local
day after the contract's end (ours): the right to port lasts to the end of day 40, the quarantine until 45 whole days
are over. Both are local midnights, so a clock change makes neither a day shorter nor longer.
"""

from datetime import date, datetime, time, timedelta

from rules.france.calendar import Territory, local_date, local_instant
from rules.france.leaving_config import DEFAULT_LEAVING, LeavingConfig
from rules.plans import QuarantineTerms

_MIDNIGHT = time(0)
_BEFORE = timedelta(microseconds=1)


def ended_on(ended_at: datetime, territory: Territory = Territory.METROPOLE) -> date:
    """The local day on which a contract ended: at 00:00 it ended with the day before. `ended_at` is legal time."""
    return local_date(ended_at - _BEFORE, territory)


def portable_until(
    ended_at: datetime, config: LeavingConfig = DEFAULT_LEAVING, territory: Territory = Territory.METROPOLE
) -> datetime:
    """The first legal instant (UTC) at which the number can no longer be ported: the end of day 40."""
    return _after_whole_days(ended_at, config.portable_days, territory)


def reassignable_from(
    ended_at: datetime, config: LeavingConfig = DEFAULT_LEAVING, territory: Territory = Territory.METROPOLE
) -> datetime:
    """The first legal instant (UTC) at which the number may be given to somebody else: 45 whole days are over."""
    return _after_whole_days(ended_at, config.quarantine_days, territory)


def quarantine_terms(ended_at: datetime, config: LeavingConfig, territory: Territory) -> QuarantineTerms:
    """Both instants."""
    return QuarantineTerms(
        portable_until=portable_until(ended_at, config, territory),
        reassignable_from=reassignable_from(ended_at, config, territory),
    )


def _after_whole_days(ended_at: datetime, days: int, territory: Territory) -> datetime:
    return local_instant(ended_on(ended_at, territory) + timedelta(days=days + 1), _MIDNIGHT, territory)
