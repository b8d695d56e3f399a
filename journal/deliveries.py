"""The inbox of each order: what comes from outside for it, and the signal that wakes it to read.

The signal has no content. It may be lost, doubled or forged without harm, since the order reads what is in the table.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select

from domain.deliveries import Delivery, DeliveryKind
from journal import dialect
from journal.cipher import FieldCipher
from journal.outbox import has_unsent_wake, queue_wake
from journal.schema import deliveries, to_stored

_there = select(
    exists().where(
        deliveries.c.order_id == bindparam("order_id"),
        deliveries.c.kind == bindparam("kind"),
        deliveries.c.occasion == bindparam("occasion"),
    )
)
_of_order = select(deliveries).where(deliveries.c.order_id == bindparam("order_id"))
_last = _of_order.order_by(deliveries.c.n.desc()).limit(1)
_unread = _of_order.where(deliveries.c.n > bindparam("after")).order_by(deliveries.c.n).limit(bindparam("limit"))
_insert = insert(deliveries)


def write_delivery(
    connection: Connection,
    cipher: FieldCipher,
    order_id: str,
    kind: DeliveryKind,
    content: dict[str, Any],
    occasion: str,
    at_real: datetime,
) -> bool:
    """Puts a delivery into the order's inbox and queues the signal that wakes the order. False when there was one of
    this kind and `occasion` already, and nothing changed. `occasion` is kept in clear: no personal data in it.

    One signal that nobody has claimed yet is enough for any number of deliveries: the order reads all that it finds.
    """
    dialect.serialise_deliveries(connection, order_id)
    if connection.execute(_there, {"order_id": order_id, "kind": kind, "occasion": occasion}).scalar():
        return False
    last = connection.execute(_last, {"order_id": order_id}).first()
    n = 1 if last is None else last.n + 1
    is_awaited = last is not None and has_unsent_wake(connection, order_id, last.wake)
    row = {
        "order_id": order_id,
        "n": n,
        "kind": kind,
        "occasion": occasion,
        "wake": last.wake if last is not None and is_awaited else n,
        "at_real": to_stored(at_real),
        "content_sealed": cipher.seal_json(content, _aad(order_id, n, kind)),
    }
    connection.execute(_insert, row)
    if not is_awaited:
        queue_wake(connection, cipher, order_id, n, at_real)
    return True


def read_deliveries(
    connection: Connection, cipher: FieldCipher, order_id: str, after: int, limit: int
) -> list[Delivery]:
    """Up to `limit` deliveries of the order with a greater `n` than `after`, in order."""
    rows = connection.execute(_unread, {"order_id": order_id, "after": after, "limit": limit}).all()
    return [
        Delivery(n=row.n, kind=row.kind, content=cipher.open_json(row.content_sealed, _aad(order_id, row.n, row.kind)))
        for row in rows
    ]


def _aad(order_id: str, n: int, kind: str) -> bytes:
    return f"delivery:{order_id}:{n}:{kind}".encode()
