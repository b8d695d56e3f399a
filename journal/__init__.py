"""What happened, kept beyond Temporal: orders, their events, who holds a line, what came in, what is to go out."""

from journal.cipher import FieldCipher, LineIndex
from journal.errors import IdempotencyKeyReused, JournalError, JournalTooNew, LineHeld, Sealed, UnknownOrder
from journal.journal import Journal
from journal.model import (
    Acceptance,
    Accepted,
    ChainReport,
    EventView,
    InboxRow,
    LineHold,
    LineView,
    MessageAside,
    OrderView,
    OutboxItem,
    Page,
)
from journal.writing import CUSTOMER_MESSAGE, START_WORKFLOW

__all__ = [
    "CUSTOMER_MESSAGE",
    "START_WORKFLOW",
    "Acceptance",
    "Accepted",
    "ChainReport",
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
    "LineView",
    "MessageAside",
    "OrderView",
    "OutboxItem",
    "Page",
    "Sealed",
    "UnknownOrder",
]
