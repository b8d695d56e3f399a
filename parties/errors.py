"""What can go wrong when we speak to a party.

    PartyError                 party, call
    ├── PartyRefused           the party understood and said no: a result, never retried as it is
    ├── PartyUnavailable       no answer to work with; the same call may be repeated
    │   ├── NotConnected       not one byte of the request left us: certainly nothing was done
    │   ├── Throttled          the party asks us to slow down (429, or 503 that says when to come back)
    │   └── PartyFailed        the party answered that it is in trouble (5xx), or a read answered nothing usable
    └── OutcomeUnknown         bytes of a write left us and no usable answer came back: it may or may not be done

Only `NotConnected` proves that nothing happened. Every other failure of a write is repeated with the same idempotency
key, or settled by asking the party what it knows. Texts name the party, the call and the kind of trouble; never a
number, an identifier or a body.
"""

from collections.abc import Mapping
from typing import Any


class PartyError(Exception):
    """Trouble with `party` during `call`, both as named in docs/home-systems.md."""

    def __init__(self, party: str, call: str, message: str) -> None:
        super().__init__(f"{party} {call}: {message}")
        self.party = party
        self.call = call
        self.message = message


class PartyRefused(PartyError):
    """A business refusal. `code` is stable and safe to show, `raw` is the code in the party's own text, `status` the
    HTTP status if any. `details`: what else the answer says, unchecked; never for logs.
    """

    def __init__(
        self,
        party: str,
        call: str,
        *,
        code: str,
        message: str,
        raw: str | None = None,
        status: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(party, call, message)
        self.code = code
        self.raw = raw
        self.status = status
        self.details = details or {}


class PartyUnavailable(PartyError):
    """Nothing done, or safe to repeat. `retry_after` is in real seconds, None when the party did not say."""

    def __init__(self, party: str, call: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(party, call, message)
        self.retry_after = retry_after


class NotConnected(PartyUnavailable):
    """Refused, unresolvable, connect timeout or no free connection: nothing of the request left this process."""


class Throttled(PartyUnavailable):
    """The party limits our rate; wait `retry_after` seconds."""


class PartyFailed(PartyUnavailable):
    """The party is up and says that it cannot. A write that ended so is repeated with the same key."""


class OutcomeUnknown(PartyError):
    """A write left us and its fate is not known: reset, timeout, lost, malformed or oversized reply."""
