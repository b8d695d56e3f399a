"""Instants in sentences and problems, as everywhere in the JSON."""

from datetime import datetime


def instant_text(instant: datetime) -> str:
    """A UTC instant with its `Z`."""
    return instant.isoformat().replace("+00:00", "Z")
