"""Builds paths: every variable part is percent-encoded, the plus of a number included."""

from urllib.parse import quote


def path(template: str, **parts: str) -> str:
    """`path("/lines/{msisdn}", msisdn="+…")`: the template with its parts encoded."""
    return template.format(**{name: quote(value, safe="") for name, value in parts.items()})
