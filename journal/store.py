"""Short transactions on the journal's database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from journal import dialect
from journal.cipher import FieldCipher, LineIndex
from journal.upgrade import make_tables

T = TypeVar("T")

_ATTEMPTS = 5


class Store:
    """The database, the cipher of its personal fields and the index of its numbers. Safe to share between threads."""

    def __init__(self, engine: Engine, cipher: FieldCipher, index: LineIndex) -> None:
        self.cipher = cipher
        self.index = index
        self._engine = dialect.for_reading(engine)
        self._writing_engine = engine.execution_options(**{dialect.WRITING: True})
        self._lock = dialect.write_lock(engine)

    @classmethod
    def open(cls, url: str, cipher: FieldCipher, index: LineIndex, synchronous: dialect.Synchronous) -> Self:
        """Opens the database and brings its tables up to date; raises `UnusableJournal`."""
        store = cls(dialect.make_engine(url, synchronous), cipher, index)
        store.write(make_tables)
        return store

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the database."""
        with self._engine.begin() as connection:
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in one transaction, all or nothing.

        Where two writers add the same thing at once, or wait for each other (PostgreSQL; SQLite has one writer), one of
        them is run again and then finds what the other has done.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if not isinstance(error, IntegrityError) and not dialect.is_deadlock(error):
                    raise
        return self._write_once(work)

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with self._lock, self._writing_engine.begin() as connection:
            return work(connection)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


class Repository:
    """A part of the journal, on the shared store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cipher = store.cipher
        self._index = store.index
