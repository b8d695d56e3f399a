"""Instants in JSON: UTC with a `Z`."""

from datetime import UTC, datetime


def utc_text(instant: datetime) -> str:
    """An aware instant as ISO 8601 in UTC with `Z`; raises `ValueError` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
