"""Mailboxes: what was sent to whom, what of it is confirmed, and who must be woken.

Every delivery has an id of its own, growing over all mailboxes; it is the id of the event and of the confirmation.
A mailbox is an operator's. Nothing is ever taken out of one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.store import Store

_READ = """
SELECT d.id, d.operator, d.type, m.data FROM clearing_delivery d JOIN clearing_message m ON m.id = d.message_id
WHERE d.operator = ? AND d.id > ? {} ORDER BY d.id LIMIT ?
"""
_WAITING = """
SELECT d.id, d.operator, d.type, m.data FROM clearing_delivery d JOIN clearing_message m ON m.id = d.message_id
WHERE d.operator IN ({}) AND d.confirmed_at IS NULL ORDER BY d.id LIMIT ?
"""


@dataclass(frozen=True)
class Delivery:
    """One message in one mailbox."""

    id: int
    operator: str
    type: str
    data: str


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to be put into mailboxes, with what the registry tells of it."""

    transactionid: str
    dossierid: str
    type: str
    sender: str
    receiver: str
    data: str
    errorcode: str | None = None
    description: str | None = None
    blockingcode: str | None = None
    about: str | None = None


class Mailboxes:
    """The deliveries of all operators, in the store. To be used on the loop's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self.generation = 0
        """Grows with each reset: a reader's position belongs to the world that it was read in."""
        self.closed = False
        store.on_reset(self._begin_anew)

    def post(self, message: OutgoingMessage, receivers: Iterable[str], at: str) -> int:
        """Keep a message and deliver it to each receiver; returns the message's number.

        Runs inside the caller's transaction; readers are woken and find the deliveries once it has ended.
        """
        cursor = self._store.execute(
            "INSERT INTO clearing_message (transactionid, dossierid, type, at, sender, receiver, errorcode,"
            " description, blockingcode, about, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.transactionid,
                message.dossierid,
                message.type,
                at,
                message.sender,
                message.receiver,
                message.errorcode,
                message.description,
                message.blockingcode,
                message.about,
                message.data,
            ),
        )
        number = int(cursor.lastrowid or 0)
        rows = [(number, operator, message.type) for operator in receivers]
        self._store.executemany("INSERT INTO clearing_delivery (message_id, operator, type) VALUES (?, ?, ?)", rows)
        self.wake(operator for _, operator, _ in rows)
        return number

    def after(
        self, operator: str, position: int, types: Collection[str], unconfirmed: bool, limit: int
    ) -> list[Delivery]:
        """The next deliveries with an id greater than `position`, oldest first; no types means all."""
        condition = "AND d.confirmed_at IS NULL" if unconfirmed else ""
        if types:
            condition += f" AND d.type IN ({','.join('?' * len(types))})"
        rows = self._store.execute(_READ.format(condition), (operator, position, *types, limit))
        return [Delivery(*row) for row in rows]

    def waiting(self, operators: Collection[str], limit: int) -> list[Delivery]:
        """What none of these operators has confirmed yet, oldest first."""
        rows = self._store.execute(_WAITING.format(",".join("?" * len(operators))), (*operators, limit))
        return [Delivery(*row) for row in rows]

    def confirm(self, operator: str, delivery_id: int, at: str) -> bool:
        """Note the receiver's confirmation; the first one's time stays. False when the id is not in this mailbox."""
        cursor = self._store.execute(
            "UPDATE clearing_delivery SET confirmed_at = coalesce(confirmed_at, ?) WHERE id = ? AND operator = ?",
            (at, delivery_id, operator),
        )
        return bool(cursor.rowcount == 1)

    def confirm_all(self, delivery_ids: Iterable[int], at: str) -> None:
        """Confirm deliveries that were read from their own mailboxes just now."""
        self._store.executemany(
            "UPDATE clearing_delivery SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL",
            [(at, delivery_id) for delivery_id in delivery_ids],
        )

    def acknowledge(self, message: int, operators: Iterable[str], at: str) -> None:
        """Record that these receivers have acted on a message, whether or not they have confirmed it."""
        self._store.executemany(
            "UPDATE clearing_delivery SET acknowledged_at = ? WHERE message_id = ? AND operator = ?",
            [(at, message, operator) for operator in operators],
        )

    def wake(self, operators: Iterable[str]) -> None:
        """Wake every reader of these mailboxes."""
        for operator in operators:
            for listener in self._listeners[operator]:
                listener()

    def wake_all(self) -> None:
        """Wake every reader: something other than a delivery has changed."""
        self.wake(list(self._listeners))

    def close(self) -> None:
        """The service ends: readers are woken for the last time."""
        self.closed = True
        self.wake_all()

    def _begin_anew(self) -> None:
        self.generation += 1
        self.wake_all()

    def on_delivery(self, operators: Iterable[str], listener: Callable[[], None]) -> None:
        """Call back whenever something is put into one of these mailboxes, inside the transaction."""
        for operator in operators:
            self._listeners[operator].add(listener)

    @contextmanager
    def watch(self, operators: Iterable[str]) -> Iterator[asyncio.Event]:
        """A new event, set whenever something is put into one of these mailboxes."""
        waker = asyncio.Event()
        watched = list(operators)
        self.on_delivery(watched, waker.set)
        try:
            yield waker
        finally:
            for operator in watched:
                self._listeners[operator].discard(waker.set)
