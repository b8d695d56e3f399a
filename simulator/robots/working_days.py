"""Working days of number porting in metropolitan France: Monday to Saturday, public holidays excepted."""

from datetime import date, datetime, time, timedelta
from functools import cache

# The class itself: the package's own look-up by country loads modules at its first call, for half a second.
from holidays.countries.france import France
from holidays.holiday_base import HolidayBase

from simulator.clearing_house.local_time import ZONE

OPENING = time(8)
CLOSING = time(18)
SUNDAY = 6


def after(instant: datetime, days: int, at: time) -> datetime:
    """The wall time `at` on the `days`-th working day after the local day of `instant`; an aware local instant."""
    day = instant.astimezone(ZONE).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() != SUNDAY and day not in _holidays(day.year)
    return datetime.combine(day, at, ZONE)


@cache
def _holidays(year: int) -> frozenset[date]:
    calendar: type[HolidayBase] = France
    return frozenset(calendar(years=year))
