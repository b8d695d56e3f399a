"""Working days and local time in the seven French territories.

Working days ("jours ouvrables") are Monday to Saturday except public holidays; ports run only on them. A stolen
handset's bar counts business days ("jours ouvrés"), Monday to Friday. Both are local to the number's territory: zones
and holidays differ. The holidays are those of the `holidays` package, which for Guadeloupe and Martinique also lists
customary ones.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

# The class itself, not `holidays.country_holidays`: that one loads its modules at the first call, for half a second.
from holidays.countries.france import France
from holidays.holiday_base import HolidayBase

from rules import dates
from rules.france.msisdn import national
from rules.france.numbering import Territory, territory_of_national

_ONE_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6

ZONES: dict[Territory, str] = {
    Territory.METROPOLE: "Europe/Paris",
    Territory.GUADELOUPE: "America/Guadeloupe",
    Territory.GUYANE: "America/Cayenne",
    Territory.MARTINIQUE: "America/Martinique",
    Territory.REUNION: "Indian/Reunion",
    Territory.MAYOTTE: "Indian/Mayotte",
    Territory.SAINT_PIERRE_ET_MIQUELON: "America/Miquelon",
}

_SUBDIVISIONS: dict[Territory, str | None] = {
    Territory.METROPOLE: None,
    Territory.GUADELOUPE: "971",
    Territory.GUYANE: "973",
    Territory.MARTINIQUE: "972",
    Territory.REUNION: "974",
    Territory.MAYOTTE: "976",
    Territory.SAINT_PIERRE_ET_MIQUELON: "PM",
}

_CALENDAR: type[HolidayBase] = France
_ALSACE_MOSELLE = "6AE"


def territory_of(msisdn: str) -> Territory:
    """The territory a number (E.164) belongs to, inside which it may be ported; metropole where no prefix says
    otherwise.
    """
    return territory_of_national(national(msisdn))


def local_date(instant: datetime, territory: Territory) -> date:
    """The calendar day there at an aware instant; raises ValueError without a zone."""
    return dates.local_date(instant, ZONES[territory])


def local_instant(day: date, at: time, territory: Territory) -> datetime:
    """The instant (UTC) at which clocks there show `at` on `day`."""
    return dates.local_instant(day, at, ZONES[territory])


def ended_on(ended_at: datetime, territory: Territory) -> date:
    """The last local day before a legal instant: what ends at 00:00 ended with the day before."""
    return local_date(ended_at - timedelta(microseconds=1), territory)


def holiday_name(day: date, territory: Territory, *, alsace_moselle: bool = False) -> str | None:
    """The public holiday's English name, or None."""
    return _holidays(territory, day.year, alsace_moselle).get(day)


def is_working_day(day: date, territory: Territory, *, alsace_moselle: bool = False) -> bool:
    """Whether `day` is a jour ouvrable: Monday to Saturday and no public holiday there."""
    return day.weekday() != _SUNDAY and holiday_name(day, territory, alsace_moselle=alsace_moselle) is None


def is_business_day_ouvre(day: date, territory: Territory, *, alsace_moselle: bool = False) -> bool:
    """Whether `day` is a jour ouvré: Monday to Friday and no public holiday there."""
    return day.weekday() != _SATURDAY and is_working_day(day, territory, alsace_moselle=alsace_moselle)


def working_day_on_or_after(day: date, territory: Territory, *, alsace_moselle: bool = False) -> date:
    """`day` itself if it is a working day, else the next one."""
    while not is_working_day(day, territory, alsace_moselle=alsace_moselle):
        day += _ONE_DAY
    return day


def next_working_day(day: date, territory: Territory, *, alsace_moselle: bool = False) -> date:
    """The first working day after `day`."""
    return working_day_on_or_after(day + _ONE_DAY, territory, alsace_moselle=alsace_moselle)


def add_working_days(day: date, count: int, territory: Territory, *, alsace_moselle: bool = False) -> date:
    """The `count`-th working day after `day`, which itself never counts; `day` for 0. Raises ValueError if `count` is
    negative.
    """
    if count < 0:
        raise ValueError("working days are counted forward")
    for _ in range(count):
        day = next_working_day(day, territory, alsace_moselle=alsace_moselle)
    return day


def add_business_days_ouvres(day: date, count: int, territory: Territory, *, alsace_moselle: bool = False) -> date:
    """The `count`-th jour ouvré after `day`, which itself never counts; `day` for 0 or less."""
    while count > 0:
        day += _ONE_DAY
        count -= is_business_day_ouvre(day, territory, alsace_moselle=alsace_moselle)
    return day


@lru_cache(maxsize=256)
def _holidays(territory: Territory, year: int, alsace_moselle: bool) -> dict[date, str]:
    """One territory's holidays of one year; kept, because computing them costs a thousand times a look-up."""
    wanted = {_SUBDIVISIONS[territory]}
    if alsace_moselle and territory is Territory.METROPOLE:
        wanted.add(_ALSACE_MOSELLE)
    found: dict[date, str] = {}
    for subdivision in wanted:
        found.update(_CALENDAR(subdiv=subdivision, years=year, language="en_US"))
    return found
