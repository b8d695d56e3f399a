"""Days as people write them and clocks show them, in any zone. `zone` is an IANA name."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.coded_error import CodedError

_RELATIVE = re.compile(r"\+([0-9]{1,5})d")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DateRefused(CodedError):
    """A requested date that cannot be had.

    `code`: `date_malformed`, `date_in_past`, `date_too_early`, `date_before_notice`, `date_not_working_day` or
    `date_too_far`. `reason` is a sentence that says what today is, because on a world with a pace of its own nobody
    could know.
    """


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day there at an aware instant; raises ValueError without a zone, which would silently mean this
    machine's.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(ZoneInfo(zone)).date()


def local_instant(day: date, at: time, zone: str) -> datetime:
    """The instant (UTC) at which clocks there show `at` on `day`.

    A time that a clock change skips is read with the offset before the change (02:30 comes out as 03:30 on the spring
    Sunday); of a time that is shown twice, the first is meant.
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def read_date(text: str, now: datetime, zone: str) -> date:
    """The local day that a person typed: `2026-05-18`, or `+5d`, calendar days from today. `now` is legal time.
    Raises `DateRefused` with code `date_malformed`.
    """
    relative = _RELATIVE.fullmatch(text)
    if relative is not None:
        return local_date(now, zone) + timedelta(days=int(relative[1]))
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refused("date_malformed", "a date is written 2026-05-18, or +5d for days from today", now, zone)


def show(day: date) -> str:
    """A day as people write it: Monday 18 May 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def refused(code: str, why: str, now: datetime, zone: str) -> DateRefused:
    """The error to raise: why, and what today is."""
    return DateRefused(code, f"{why} (today is {show(local_date(now, zone))}, {zone})")
