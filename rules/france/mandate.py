"""The customer's mandate: without one, the recipient may not ask the donor for anything.

Source: Code des postes et des communications électroniques, D406-18: the request to the recipient is the mandate to
port, and ends the contract at the donor once the number has moved.
"""

from datetime import UTC, datetime

from domain.coded_error import CodedError


class MandateRefused(CodedError):
    """A mandate that cannot carry a port. `code` is `mandate_without_zone` or `mandate_in_future`."""


def check_mandate(signed_at: datetime, now: datetime) -> None:
    """Raise `MandateRefused` unless the mandate was signed by `now`. Both are legal time with a zone."""
    if signed_at.tzinfo is None:
        raise MandateRefused("mandate_without_zone", "the mandate's instant needs a time zone")
    if signed_at > now:
        shown = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        raise MandateRefused("mandate_in_future", f"the mandate is signed in the future (now is {shown})")
