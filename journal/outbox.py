"""Outbox: what is still to be done outside. Queued with what it belongs to, done at least once, whoever is killed in
between.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, func, select, update

from domain.orders import OrderState
from journal import dialect
from journal.model import OutboxItem
from journal.schema import orders, outbox, to_stored
from journal.store import Part
from journal.writing import CHANNELS, START_WORKFLOW, message_name, outbox_aad

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
_how_many = select(func.count()).where(
    outbox.c.name.in_(bindparam("names", expanding=True)), outbox.c.due_at_real.is_not(None)
)
_worked_on = select(func.count()).where(
    orders.c.state.in_([OrderState.ACKNOWLEDGED.value, OrderState.IN_PROGRESS.value]),
    orders.c.kind == bindparam("order_kind"),
)
_queued = select(func.count()).where(outbox.c.kind == bindparam("kind"), outbox.c.due_at_real.is_not(None))


class Outbox(Part):
    """Things to do outside, by kind: `start_workflow`, `start_requested`, `signal_workflow`, `customer_message`."""

    def claim(self, kind: str, limit: int, lease_s: float, now: datetime) -> list[OutboxItem]:
        """Up to `limit` items that are due at the real instant `now`, oldest first; nobody else gets them for `lease_s`
        seconds. What is older in the same order, and claimed or put off, is waited for.

        Who claims calls `done` or `retry`; of one who is killed, the item is due again when the lease ends.
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
                    payload=self._cipher.open_json(row.payload_sealed, outbox_aad(row.kind, row.order_id)),
                    attempts=row.attempts + 1,
                )
                for row in rows
            ]

        return self._store.write(work)

    def done(self, item_id: int) -> None:
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
            name = f"{START_WORKFLOW}:{order_id}"
            return connection.execute(_still_there, {"name": name}).first() is not None

    def in_hand(self, kind: str, queued: str) -> int:
        """How many orders of a kind, started from the queue `queued`, are being worked on: neither waiting to be
        started, nor for anybody.
        """
        with self._store.reading() as connection:
            open_ones = connection.execute(_worked_on, {"order_kind": kind}).scalar_one()
            return int(open_ones - connection.execute(_queued, {"kind": queued}).scalar_one())

    def unsent(self, order_id: str, kind: str) -> int:
        """How many of the order's messages of this kind the notifications party does not have yet."""
        names = [message_name(order_id, kind, channel) for channel in CHANNELS]
        with self._store.reading() as connection:
            return connection.execute(_how_many, {"names": names}).scalar_one()
