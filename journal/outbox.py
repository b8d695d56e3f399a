"""Outbox: what is still to be done outside. Queued with what it belongs to, done at least once, whoever is killed in
between.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from domain.orders import CustomerMessage, OrderState
from journal import dialect
from journal.cipher import FieldCipher
from journal.model import OutboxItem
from journal.schema import orders, outbox, to_stored
from journal.store import Repository

START_WORKFLOW = "start_workflow"
START_REQUESTED = "start_requested"
"""The same for what other operators ask of us, so that a flood of it has a queue of its own."""

WAKE_WORKFLOW = "wake_workflow"
CUSTOMER_MESSAGE = "customer_message"

_CHANNELS = ("sms", "email")

_ERROR_CHARACTERS = 100
_NOTHING = b""

_earlier = outbox.alias("earlier")
_waits = exists().where(  # an order's things go out in the order in which they happened
    _earlier.c.kind == bindparam("kind"),
    _earlier.c.due_at_real > bindparam("now"),
    _earlier.c.order_id == outbox.c.order_id,
    _earlier.c.id < outbox.c.id,
)
_due = (
    select(outbox.c.id, outbox.c.kind, outbox.c.order_id, outbox.c.payload_sealed, outbox.c.attempts)
    .where(outbox.c.kind == bindparam("kind"), outbox.c.due_at_real <= bindparam("now"), ~_waits)
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
_lock_due = _due.with_for_update(skip_locked=True)
_any_due = select(exists().where(outbox.c.kind == bindparam("kind"), outbox.c.due_at_real <= bindparam("now")))
_lease = (
    update(outbox)
    .where(outbox.c.id == bindparam("item"))
    .values(attempts=outbox.c.attempts + 1, due_at_real=bindparam("lease_end"))
)
_done = (
    update(outbox)
    .where(outbox.c.id == bindparam("item"))
    .values(due_at_real=None, payload_sealed=bindparam("nothing"), last_error="")
)
_retry = (
    update(outbox)
    .where(outbox.c.id == bindparam("item"), outbox.c.due_at_real.is_not(None))
    .values(due_at_real=bindparam("again"), last_error=bindparam("error"))
)
_still_there = select(outbox.c.id).where(outbox.c.name == bindparam("name"), outbox.c.due_at_real.is_not(None))
_lock_unsent = (
    select(outbox.c.id)
    .where(outbox.c.name == bindparam("name"), outbox.c.due_at_real.is_not(None), outbox.c.attempts == 0)
    .with_for_update()
)
_how_many = select(func.count()).where(
    outbox.c.name.in_(bindparam("names", expanding=True)), outbox.c.due_at_real.is_not(None)
)
_worked_on = select(func.count()).where(
    orders.c.state.in_([OrderState.ACKNOWLEDGED.value, OrderState.IN_PROGRESS.value]),
    orders.c.kind.in_(bindparam("order_kinds", expanding=True)),
)
_insert = insert(outbox)
_names_there = select(outbox.c.name).where(outbox.c.name.in_(bindparam("names", expanding=True)))
_queued = select(func.count()).where(outbox.c.kind == bindparam("kind"), outbox.c.due_at_real.is_not(None))


class Outbox(Repository):
    """Things to do outside, by kind: `start_workflow`, `start_requested`, `wake_workflow`, `customer_message`."""

    def claim(self, kind: str, limit: int, lease_s: float, now: datetime) -> list[OutboxItem]:
        """Up to `limit` items that are due at the real instant `now`, oldest first; nobody else gets them for `lease_s`
        seconds. What is older in the same order, and claimed or put off, is waited for.

        Who claims calls `mark_done` or `retry`; of one who is killed, the item is due again when the lease ends.
        """
        due_now = {"kind": kind, "now": to_stored(now)}
        with self._store.reading() as connection:  # a look that finds nothing must not take the write lock
            if not connection.execute(_any_due, due_now).scalar():
                return []

        def work(connection: Connection) -> list[OutboxItem]:
            dialect.serialise_claims(connection)
            rows = connection.execute(_lock_due, {**due_now, "limit": limit}).all()
            lease_end = to_stored(now + timedelta(seconds=lease_s))
            if rows:
                connection.execute(_lease, [{"item": row.id, "lease_end": lease_end} for row in rows])
            return [
                OutboxItem(
                    id=row.id,
                    kind=row.kind,
                    order_id=row.order_id,
                    payload=self._cipher.open_json(row.payload_sealed, _aad(row.kind, row.order_id)),
                    attempts=row.attempts + 1,
                )
                for row in rows
            ]

        return self._store.write(work)

    def mark_done(self, item_id: int) -> None:
        """The item is done; its payload is forgotten, its name stays, so that it is never queued again."""
        self._store.write(lambda connection: connection.execute(_done, {"item": item_id, "nothing": _NOTHING}))

    def retry(self, item_id: int, error_class: str, not_before: datetime) -> None:
        """The item failed; it is due again at the real instant `not_before`. `error_class` is kept in clear: a class,
        not a text.
        """
        values = {"item": item_id, "error": error_class[:_ERROR_CHARACTERS], "again": to_stored(not_before)}
        self._store.write(lambda connection: connection.execute(_retry, values))

    def awaits_start(self, order_id: str) -> bool:
        """Whether the order is accepted and its workflow not started yet."""
        with self._store.reading() as connection:
            return connection.execute(_still_there, {"name": _start_name(order_id)}).first() is not None

    def count_in_hand(self, kinds: Sequence[str], queued: str) -> int:
        """How many orders of these kinds, started from the queue `queued`, are being worked on: neither waiting to be
        started, nor for anybody.
        """
        with self._store.reading() as connection:
            open_ones = connection.execute(_worked_on, {"order_kinds": kinds}).scalar_one()
            return int(open_ones - connection.execute(_queued, {"kind": queued}).scalar_one())

    def count_unsent(self, order_id: str, kind: str) -> int:
        """How many of the order's messages of this kind the notifications party does not have yet."""
        names = [_message_name(order_id, kind, channel) for channel in _CHANNELS]
        with self._store.reading() as connection:
            return connection.execute(_how_many, {"names": names}).scalar_one()


def _aad(kind: str, order_id: str) -> bytes:
    """Binds an outbox payload to its order."""
    return f"outbox:{kind}:{order_id}".encode()


def _row(
    cipher: FieldCipher, kind: str, order_id: str, name: str, payload: dict[str, Any], at_real: datetime
) -> dict[str, Any]:
    """A row of the outbox, due at once; `name` makes it one thing, never queued twice."""
    return {
        "kind": kind,
        "order_id": order_id,
        "name": name,
        "payload_sealed": cipher.seal_json(payload, _aad(kind, order_id)),
        "attempts": 0,
        "due_at_real": to_stored(at_real),
        "last_error": "",
    }


def queue_start(
    connection: Connection, cipher: FieldCipher, kind: str, order_id: str, wanted: dict[str, Any], at_real: datetime
) -> None:
    """Queues the start of a new order's workflow, in the queue `kind`."""
    connection.execute(_insert, _row(cipher, kind, order_id, _start_name(order_id), wanted, at_real))


def queue_wake(connection: Connection, cipher: FieldCipher, order_id: str, n: int, at_real: datetime) -> None:
    """Queues the signal without content that makes the order read its inbox, because of its delivery `n`."""
    connection.execute(_insert, _row(cipher, WAKE_WORKFLOW, order_id, _wake_name(order_id, n), {}, at_real))


def has_unsent_wake(connection: Connection, order_id: str, n: int) -> bool:
    """Whether nobody has claimed the signal of delivery `n` yet. Until the transaction ends nobody will: an order that
    was woken before would not find what the transaction writes.
    """
    return connection.execute(_lock_unsent, {"name": _wake_name(order_id, n)}).first() is not None


def queue_messages(
    connection: Connection, cipher: FieldCipher, order_id: str, messages: Sequence[CustomerMessage], at_real: datetime
) -> None:
    """Queues what the customer is owed, each message once per order, kind and channel."""
    named = {
        _message_name(order_id, message.kind, message.channel): message.model_dump(mode="json") for message in messages
    }
    _queue_once(connection, cipher, CUSTOMER_MESSAGE, order_id, named, at_real)


def _message_name(order_id: str, kind: str, channel: str) -> str:
    """What makes a message to the customer one thing."""
    return f"{CUSTOMER_MESSAGE}:{order_id}:{kind}:{channel}"


def _queue_once(
    connection: Connection,
    cipher: FieldCipher,
    kind: str,
    order_id: str,
    named: Mapping[str, dict[str, Any]],
    at_real: datetime,
) -> None:
    if not named:
        return
    there = set(connection.execute(_names_there, {"names": list(named)}).scalars())
    rows = [
        _row(cipher, kind, order_id, name, payload, at_real) for name, payload in named.items() if name not in there
    ]
    if rows:
        connection.execute(_insert, rows)


def _start_name(order_id: str) -> str:
    return f"{START_WORKFLOW}:{order_id}"


def _wake_name(order_id: str, n: int) -> str:
    return f"{WAKE_WORKFLOW}:{order_id}:{n}"
