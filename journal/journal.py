"""The journal: one class, whose methods are grouped by what they are for."""

from typing import Self

from journal.accepting import Accepting
from journal.activation import ActivationCodes
from journal.callbacks import Callbacks
from journal.cipher import FieldCipher, LineIndex
from journal.codes import Codes
from journal.dialect import Synchronous
from journal.dossiers import Dossiers
from journal.inbox import Inbox
from journal.lines import Lines
from journal.outbox import Outbox
from journal.port_requests import PortRequests
from journal.quarantine import Quarantines
from journal.reading import Reading
from journal.recording import Recording
from journal.slots import Slots
from journal.store import Store
from journal.taking import Taking


class Journal(
    Accepting,
    Recording,
    Taking,
    Lines,
    Quarantines,
    Codes,
    ActivationCodes,
    Callbacks,
    Dossiers,
    PortRequests,
    Slots,
    Inbox,
    Outbox,
    Reading,
):
    """What happened, kept beyond Temporal.

    Methods are synchronous, short and safe to call from any thread; asynchronous code calls them through threads.
    Several processes may share one database.
    """

    @classmethod
    def open(cls, url: str, cipher: FieldCipher, index: LineIndex, *, synchronous: Synchronous = "full") -> Self:
        """Opens the journal at an SQLAlchemy URL and brings its tables up to date. `synchronous` is SQLite's: `full`
        survives a power loss, `normal` a killed process. Raises `JournalTooNew`.
        """
        return cls(Store.open(url, cipher, index, synchronous))

    def line_hash(self, msisdn: str) -> str:
        """The keyed hash that stands for an E.164 number in ids, search attributes and look-ups."""
        return self._index.of(msisdn)

    def close(self) -> None:
        """Closes all connections."""
        self._store.close()
