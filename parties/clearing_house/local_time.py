"""Instants on the clearing house's wire: fourteen digits of local time (yyyyMMddHHmmss), Europe/Paris, without a
zone.

One hour a year is ambiguous: when the clocks go back, 02:00 to 03:00 happens twice. It is read as the first of the
two (summer time), as the clearing house does. The hour that the spring skips is read with the offset before the
change, so 02:30 is 03:30 summer time. Both fall on a Sunday night, when nothing is ported.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
_FORMAT = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"[0-9]{14}")


def to_local_digits(instant: datetime) -> str:
    """An aware instant, cut to the second, as it goes on the wire; `ValueError` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = instant.astimezone(ZONE)
    return f"{local:%Y%m%d%H%M%S}".rjust(14, "0")


def from_local_digits(digits: str) -> datetime:
    """The UTC instant of fourteen digits; `ValueError` when they are no date and time."""
    if not _DIGITS.fullmatch(digits):
        raise ValueError("a wire timestamp has fourteen digits")
    try:
        return datetime.strptime(digits, _FORMAT).replace(tzinfo=ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a wire timestamp names no such day or time") from None
