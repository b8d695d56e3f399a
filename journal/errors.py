"""What the journal refuses. No message ever holds a number, a RIO, a name or a client's key.

JournalError
├── IdempotencyKeyReused    the key was used for another request
├── LineHeld                another order holds the line; says which
├── UnknownOrder            no order of that id was ever accepted
├── Sealed                  a stored field does not open: unknown key, or it was altered
└── JournalTooNew           the stored schema is newer than this program
"""

from datetime import datetime


class JournalError(Exception):
    """Base of all refusals of the journal."""


class IdempotencyKeyReused(JournalError):
    """The idempotency key stands for another request already; nothing was accepted."""

    def __init__(self) -> None:
        super().__init__("this idempotency key was used for another request")


class LineHeld(JournalError):
    """One open order per line: `order_id`, of `kind`, holds it since the legal instant `since` (UTC)."""

    def __init__(self, order_id: str, kind: str, since: datetime) -> None:
        super().__init__(f"the line is held by the {kind} order {order_id}")
        self.order_id = order_id
        self.kind = kind
        self.since = since


class UnknownOrder(JournalError):
    """No order of that id was ever accepted."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} is unknown")
        self.order_id = order_id


class Sealed(JournalError):
    """A stored field does not open: its key is not in the ring, or the field or what it belongs to was altered."""


class JournalTooNew(JournalError):
    """The stored schema is newer than this program; it must not write to it."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"the journal has schema version {found}, this program knows up to {known}")
