"""The day that a customer asks for, as it is typed in a body."""

from collections.abc import Callable
from datetime import date, datetime

from api.http.problems import FieldError
from rules.france.calendar import Territory
from rules.france.dates import DateRefused, read_date


def requested_day(
    typed: str | None,
    now: datetime,
    territory: Territory,
    check: Callable[[date], object],
    errors: list[FieldError],
) -> date | None:
    """The local day, once `check` has not raised `DateRefused`; None for no day, or for one that is now among the
    `errors`. `now` is legal time.
    """
    if typed is None:
        return None
    try:
        day = read_date(typed.strip(" "), now, territory)
        check(day)
    except DateRefused as refused:
        errors.append(FieldError("requested_date", refused.code, refused.reason))
        return None
    except OverflowError:
        errors.append(FieldError("requested_date", "date_too_far", "no calendar reaches that far"))
        return None
    return day
