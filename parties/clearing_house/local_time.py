"""How a country's clearing house writes numbers and instants: national digits, and fourteen digits of its local time
(yyyyMMddHHmmss) without a zone.

One hour a year is ambiguous: when the clocks go back, 02:00 to 03:00 happens twice. It is read as the first of the
two (summer time), as the clearing house does. The hour that the spring skips is read with the offset before the
change, so 02:30 is 03:30 summer time. Both fall on a Sunday night, when nothing is ported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

_FORMAT = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"[0-9]{14}")


@dataclass(frozen=True)
class WireForm:
    """What is the country's on the wire: `national` makes national digits of an E.164 number."""

    national: Callable[[str], str]
    zone: tzinfo


def to_local_digits(instant: datetime, zone: tzinfo) -> str:
    """An aware instant, cut to the second, as it goes on the wire; `ValueError` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = instant.astimezone(zone)
    return f"{local:%Y%m%d%H%M%S}".rjust(14, "0")


def from_local_digits(digits: str, zone: tzinfo) -> datetime:
    """The UTC instant of fourteen digits; `ValueError` when they are no date and time."""
    if not _DIGITS.fullmatch(digits):
        raise ValueError("a wire timestamp has fourteen digits")
    try:
        return datetime.strptime(digits, _FORMAT).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a wire timestamp names no such day or time") from None
