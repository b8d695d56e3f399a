"""Inbox: what comes from outside, written down before it is confirmed, and given to its order once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from domain.deliveries import Delivery, DeliveryKind
from domain.port_in import DossierMessage
from journal.deliveries import read_deliveries, write_delivery
from journal.dossiers import orders_asked_for
from journal.errors import UnknownOrder
from journal.model import DeadLetter, InboxRow
from journal.schema import callbacks, dossiers, from_stored, inbox, orders, to_stored
from journal.store import Repository

_NEW, _DELIVERED, _DEAD = "new", "delivered", "dead"
_REASON_CHARACTERS = 300

_COLUMNS = [column.name for column in inbox.columns]

_by_id = select(inbox.c.type, inbox.c.dossier_id, inbox.c.order_id, inbox.c.state).where(
    inbox.c.message_id == bindparam("id")
)
_order_of = select(dossiers.c.order_id).where(dossiers.c.dossier_id == bindparam("dossier"))
_insert = insert(inbox)
_replace = (
    update(inbox)
    .where(inbox.c.message_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in _COLUMNS if name != "message_id"})
)
_settle = (
    update(inbox)
    .where(inbox.c.message_id == bindparam("id"))
    .values(state=bindparam("new_state"), order_id=bindparam("new_order_id"), reason=bindparam("new_reason"))
)
_dead_letters = (
    select(inbox)
    .where(inbox.c.state == _DEAD, inbox.c.message_id > bindparam("after"))
    .order_by(inbox.c.message_id)
    .limit(bindparam("limit"))
)
_callback_there = select(
    exists().where(callbacks.c.party == bindparam("party"), callbacks.c.event_hash == bindparam("event_hash"))
)
_order_there = select(exists().where(orders.c.order_id == bindparam("order_id")))
_insert_callback = insert(callbacks)


class Inbox(Repository):
    """Messages of the clearing house, by their id; callbacks of our own systems; and the inbox of each order."""

    def receive(self, message_id: int, type: str, dossier_id: str, body: Any) -> InboxRow:
        """Writes a message down unless it is there, and says how far it has come.

        A clearing house that was made anew counts from 1 again: another type or dossier under a known id is a new
        message.
        """

        def work(connection: Connection) -> InboxRow:
            known = connection.execute(_by_id, {"id": message_id}).first()
            if known is not None and (known.type, known.dossier_id) == (type, dossier_id):
                return InboxRow(message_id=message_id, state=known.state, order_id=known.order_id)
            order_id = _order_of_dossier(connection, dossier_id)
            row = {
                "type": type,
                "dossier_id": dossier_id,
                "order_id": order_id,
                "state": _NEW,
                "reason": "",
                "received_at_real": to_stored(datetime.now(UTC)),
                "body_sealed": self._cipher.seal_json(body, _aad(message_id, dossier_id)),
            }
            if known is None:
                connection.execute(_insert, {"message_id": message_id, **row})
            else:
                connection.execute(_replace, {"id": message_id} | {f"new_{name}": value for name, value in row.items()})
            return InboxRow(message_id=message_id, state=_NEW, order_id=order_id)

        return self._store.write(work)

    def mark_done(self, message_id: int, order_id: str | None = None) -> None:
        """The message has done its work: it has become an order, or the home routing table has it."""
        self._settled(message_id, _DELIVERED, order_id, "")

    def deliver_message(self, message_id: int, order_ids: Sequence[str], message: DossierMessage) -> None:
        """Puts a message into the inboxes of its orders and marks it delivered, in one transaction."""
        occasion = f"{message.dossier_id}:{message.type}:{message_id}"
        content = message.model_dump(mode="json")

        def work(connection: Connection) -> None:
            at_real = datetime.now(UTC)
            for order_id in order_ids:
                kind = DeliveryKind.DOSSIER_MESSAGE
                write_delivery(connection, self._cipher, order_id, kind, content, occasion, at_real)
            _settle_message(connection, message_id, _DELIVERED, order_ids[0], "")

        self._store.write(work)

    def add_dead_letter(self, message_id: int, reason: str) -> None:
        """No order can take the message; a human will look. `reason` is kept in clear: no personal data in it."""
        self._settled(message_id, _DEAD, None, reason[:_REASON_CHARACTERS])

    def dead_letters(self, limit: int = 50, after: int = 0) -> list[DeadLetter]:
        """Messages that no order could take, with ids greater than `after`, oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute(_dead_letters, {"after": after, "limit": limit}).all()
        return [
            DeadLetter(
                message_id=row.message_id,
                type=row.type,
                dossier_id=row.dossier_id,
                reason=row.reason,
                received_at_real=from_stored(row.received_at_real),
                body=self._cipher.open_json(row.body_sealed, _aad(row.message_id, row.dossier_id)),
            )
            for row in rows
        ]

    def receive_callback(
        self,
        party: str,
        event_id: str,
        body: Any,
        *,
        order_id: str | None,
        kind: DeliveryKind | None,
        content: dict[str, Any] | None,
        at_real: datetime,
    ) -> bool:
        """Writes a notification down and delivers its content to the order, in one transaction. False when it was there
        already and nothing changed. Without an order or a kind it is only kept.
        """
        event_hash = self._index.of_text("callback", f"{party}\0{event_id}")

        def work(connection: Connection) -> bool:
            if connection.execute(_callback_there, {"party": party, "event_hash": event_hash}).scalar():
                return False
            row = {
                "party": party,
                "event_hash": event_hash,
                "order_id": order_id,
                "received_at_real": to_stored(at_real),
                "body_sealed": self._cipher.seal_json(body, f"callback:{party}:{event_hash}".encode()),
            }
            connection.execute(_insert_callback, row)
            if order_id is not None and kind is not None:
                occasion = f"{party}:{event_hash}"
                write_delivery(connection, self._cipher, order_id, kind, content or {}, occasion, at_real)
            return True

        return self._store.write(work)

    def deliver(
        self, order_id: str, kind: DeliveryKind, content: dict[str, Any], occasion: str, *, at_real: datetime
    ) -> bool:
        """Puts a delivery into the order's inbox and queues the signal that wakes the order, in one transaction. False
        when there was one of this kind and `occasion` already, and nothing changed. Raises `UnknownOrder`.
        """

        def work(connection: Connection) -> bool:
            if not connection.execute(_order_there, {"order_id": order_id}).scalar():
                raise UnknownOrder(order_id)
            return write_delivery(connection, self._cipher, order_id, kind, content, occasion, at_real)

        return self._store.write(work)

    def unread(self, order_id: str, after: int, limit: int = 50) -> list[Delivery]:
        """Up to `limit` deliveries of the order that come after its `after`-th, in order. Whoever has read them finds
        every later one behind them.
        """
        with self._store.reading() as connection:
            return read_deliveries(connection, self._cipher, order_id, after, limit)

    def _settled(self, message_id: int, state: str, order_id: str | None, reason: str) -> None:
        self._store.write(lambda connection: _settle_message(connection, message_id, state, order_id, reason))


def _settle_message(connection: Connection, message_id: int, state: str, order_id: str | None, reason: str) -> None:
    values = {"id": message_id, "new_state": state, "new_order_id": order_id, "new_reason": reason}
    connection.execute(_settle, values)


def _order_of_dossier(connection: Connection, dossier_id: str) -> str | None:
    """The port in that opened it, or the first of the ports out that it asks us for."""
    own = connection.execute(_order_of, {"dossier": dossier_id}).scalar()
    return own or next(iter(orders_asked_for(connection, dossier_id)), None)


def _aad(message_id: int, dossier_id: str) -> bytes:
    return f"inbox:{message_id}:{dossier_id}".encode()
