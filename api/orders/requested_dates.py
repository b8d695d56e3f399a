"""The day that a customer asks for, as it is typed in a body."""

from collections.abc import Callable
from datetime import date, datetime

from api.http.problems import FieldError
from rules.dates import DateRefused, read_date
from rules.regime import Regime


def requested_day(
    typed: str | None,
    now: datetime,
    regime: Regime,
    msisdn: str | None,
    check: Callable[[date, str], object],
    errors: list[FieldError],
) -> date | None:
    """The local day, once `check` has not raised `DateRefused`; None for no day, or for one that is now among the
    `errors`. `now` is legal time; without a right number the day is looked at as the main territory's.
    """
    if typed is None:
        return None
    territory = regime.numbers.territory_of(msisdn) if msisdn else regime.numbers.main_territory
    try:
        day = read_date(typed.strip(" "), now, regime.calendar.zone_of(territory))
        check(day, territory)
    except DateRefused as refused:
        errors.append(FieldError("requested_date", refused.code, refused.reason))
        return None
    except OverflowError:
        errors.append(FieldError("requested_date", "date_too_far", "no calendar reaches that far"))
        return None
    return day
