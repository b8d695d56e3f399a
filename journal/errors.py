"""What the journal refuses. No message ever holds a number, a RIO, a name or a client's key.

JournalError
├── IdempotencyKeyReused    the key was used for another request
├── LineHeld                another order holds the line; says which
├── LineLocked              the holder has locked the line; says since when
├── UnknownOrder            no order of that id was ever accepted
├── NoActivationCode        no activation code waits for the customer
├── ActivationCodeRead      it was read already; says when
├── NotInQuarantine         no quarantine of that contract is under way
├── Sealed                  a stored field does not open: unknown key, or it was altered
└── UnusableJournal         the database cannot be used; says which version it has and which one is needed
    ├── JournalTooNew       it was written by a newer program
    ├── JournalTooOld       it is older than what this program can bring up to date
    └── NotAJournal         it holds something else
"""

from datetime import datetime


class JournalError(Exception):
    """Base of all refusals of the journal."""


class IdempotencyKeyReused(JournalError):
    """The idempotency key stands for another request already; nothing was accepted."""

    def __init__(self) -> None:
        super().__init__("this idempotency key was used for another request")


class LineHeld(JournalError):
    """One holder per line: `order_id`, of `kind`, since the legal instant `since` (UTC); it the refused order may not
    preempt it.
    """

    def __init__(self, order_id: str, kind: str, since: datetime) -> None:
        super().__init__(f"the line is held by the {kind} order {order_id}")
        self.order_id = order_id
        self.kind = kind
        self.since = since


class LineLocked(JournalError):
    """The line's holder has locked it at the legal instant `since`; `unlocks_at` (legal) where an unlocking is under
    way. Both UTC.
    """

    def __init__(self, since: datetime, unlocks_at: datetime | None) -> None:
        super().__init__("the line is locked")
        self.since = since
        self.unlocks_at = unlocks_at


class UnknownOrder(JournalError):
    """No order of that id was ever accepted."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} is unknown")
        self.order_id = order_id


class NoActivationCode(JournalError):
    """The order has no activation code that waits to be read: none yet, or it was withdrawn."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} has no activation code")
        self.order_id = order_id


class ActivationCodeRead(JournalError):
    """The order's activation code was read at the real instant `at` (UTC), and can be read once only."""

    def __init__(self, order_id: str, at: datetime) -> None:
        super().__init__(f"the activation code of order {order_id} was read already")
        self.order_id = order_id
        self.at = at


class NotInQuarantine(JournalError):
    """There is no quarantine of that contract, or it has ended without what is asked for."""

    def __init__(self) -> None:
        super().__init__("no quarantine of this contract is under way")


class Sealed(JournalError):
    """A stored field does not open: its key is not in the ring, or the field or what it belongs to was altered."""


class UnusableJournal(JournalError):
    """The database is no journal that this program can use; nothing in it was changed."""


class JournalTooNew(UnusableJournal):
    """A newer program has written the journal; this one must not write to it."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(f"the journal has version {found}, this program needs version {needed}: use a newer program")


class JournalTooOld(UnusableJournal):
    """The journal is of a version that this program cannot bring up to date."""

    def __init__(self, found: int, oldest: int, needed: int) -> None:
        super().__init__(
            f"the journal has version {found}, this program needs version {needed} and can bring version {oldest} or a "
            "later one up to date"
        )


class NotAJournal(UnusableJournal):
    """The database has tables, but no version of a journal."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            f"the database holds no version of a journal but other tables, this program needs a journal of version "
            f"{needed} or an empty database"
        )
