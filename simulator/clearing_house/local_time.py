"""Instants on the wire: fourteen digits, local time of Paris, no zone. Elsewhere they are UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
WIRE_FORMAT = "%Y%m%d%H%M%S"


def to_wire(instant: datetime) -> str:
    """The local wall time of an aware instant as `yyyyMMddHHmmss`."""
    return instant.astimezone(ZONE).strftime(WIRE_FORMAT)


def from_wire(digits: str) -> datetime:
    """The UTC instant of fourteen digits; the first of the two when the clocks go back.

    Raises ValueError when the digits are no date and time of day.
    """
    return datetime.strptime(digits, WIRE_FORMAT).replace(tzinfo=ZONE).astimezone(UTC)
