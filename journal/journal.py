"""The journal: one store, and a repository for each kind of thing that is kept in it."""

from typing import Self

from journal.cipher import FieldCipher, LineIndex
from journal.codes import Codes
from journal.dialect import Synchronous
from journal.dossiers import Dossiers
from journal.inbox import Inbox
from journal.lines import Lines
from journal.orders import Orders
from journal.outbox import Outbox
from journal.profiles import Profiles
from journal.quarantines import Quarantines
from journal.slots import Slots
from journal.store import Store


class Journal:
    """What happened, kept beyond Temporal.

    Methods of the repositories are synchronous, short and safe to call from any thread; asynchronous code calls them
    through threads. Several processes may share one database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.orders = Orders(store)
        self.lines = Lines(store)
        self.codes = Codes(store)
        self.profiles = Profiles(store)
        self.quarantines = Quarantines(store)
        self.dossiers = Dossiers(store)
        self.slots = Slots(store)
        self.inbox = Inbox(store)
        self.outbox = Outbox(store)

    @classmethod
    def open(cls, url: str, cipher: FieldCipher, index: LineIndex, *, synchronous: Synchronous = "full") -> Self:
        """Opens the journal at an SQLAlchemy URL and brings its tables up to date. `synchronous` is SQLite's: `full`
        survives a power loss, `normal` a killed process. Raises `UnusableJournal`.
        """
        return cls(Store.open(url, cipher, index, synchronous))

    def close(self) -> None:
        """Closes all connections."""
        self._store.close()
