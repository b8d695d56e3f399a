"""What happened, kept beyond Temporal: orders, their events, who holds a line, what came in, what is to go out, and the
secrets that only the customer may see.
"""

from journal.cipher import FieldCipher, LineIndex
from journal.errors import (
    ActivationCodeRead,
    IdempotencyKeyReused,
    JournalError,
    JournalTooNew,
    LineHeld,
    LineLocked,
    NoActivationCode,
    NotInQuarantine,
    Sealed,
    UnknownOrder,
)
from journal.journal import Journal
from journal.model import (
    Acceptance,
    Accepted,
    ChainReport,
    CodeCheck,
    EventView,
    InboxRow,
    LineHold,
    LineView,
    MessageAside,
    OrderView,
    OutboxItem,
    Page,
    ProfileOwner,
    QuarantinePage,
)
from journal.writing import CUSTOMER_MESSAGE, SIGNAL_WORKFLOW, START_REQUESTED, START_WORKFLOW

__all__ = [
    "CUSTOMER_MESSAGE",
    "SIGNAL_WORKFLOW",
    "START_REQUESTED",
    "START_WORKFLOW",
    "Acceptance",
    "Accepted",
    "ActivationCodeRead",
    "ChainReport",
    "CodeCheck",
    "EventView",
    "FieldCipher",
    "IdempotencyKeyReused",
    "InboxRow",
    "Journal",
    "JournalError",
    "JournalTooNew",
    "LineHeld",
    "LineHold",
    "LineIndex",
    "LineLocked",
    "LineView",
    "MessageAside",
    "NoActivationCode",
    "NotInQuarantine",
    "OrderView",
    "OutboxItem",
    "Page",
    "ProfileOwner",
    "QuarantinePage",
    "Sealed",
    "UnknownOrder",
]
