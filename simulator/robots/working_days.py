"""Working days of number porting in metropolitan France: Monday to Saturday, public holidays excepted."""

from datetime import datetime, time, timedelta
from functools import lru_cache

import holidays

from simulator.clearing_house.local_time import ZONE

OPENING = time(8)
CLOSING = time(18)
SUNDAY = 6


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    # Years are added as they are asked for.
    return holidays.country_holidays("FR")


def after(instant: datetime, days: int, at: time) -> datetime:
    """The wall time `at` on the `days`-th working day after the local day of `instant`; an aware local instant."""
    day = instant.astimezone(ZONE).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() != SUNDAY and day not in _holidays()
    return datetime.combine(day, at, ZONE)
