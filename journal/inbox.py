"""Inbox: clearing-house messages, written down before they are confirmed, and given to their order once."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from domain.port_in import DossierMessage
from journal.model import InboxRow, MessageAside
from journal.port_requests import orders_asked_for
from journal.schema import dossiers, from_stored, inbox, to_stored
from journal.store import Part
from journal.writing import queue_signal

DOSSIER_MESSAGE = "dossier_message"
"""The signal that carries a `DossierMessage`."""

_NEW, _DELIVERED, _ASIDE = "new", "delivered", "aside"
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
_all_aside = (
    select(inbox)
    .where(inbox.c.state == _ASIDE, inbox.c.message_id > bindparam("after"))
    .order_by(inbox.c.message_id)
    .limit(bindparam("limit"))
)


class Inbox(Part):
    """Messages received from the clearing house, by their id."""

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

    def delivered(self, message_id: int, order_id: str) -> None:
        """The order has the message."""
        self._settled(message_id, _DELIVERED, order_id, "")

    def hear_dossier(self, message_id: int, dossier_id: str, message: DossierMessage) -> list[str]:
        """Queues a message for the workflow of each order of a port out's dossier, and marks it delivered, in one
        transaction; the orders. Without any, nothing happens.
        """
        occasion = f"{dossier_id}:{message.type}:{message_id}"

        def work(connection: Connection) -> list[str]:
            told = orders_asked_for(connection, dossier_id)
            for order_id in told:
                content = message.model_dump(mode="json")
                queue_signal(connection, self._cipher, order_id, DOSSIER_MESSAGE, content, occasion, datetime.now(UTC))
            if told:
                _settle_message(connection, message_id, _DELIVERED, told[0], "")
            return told

        return self._store.write(work)

    def set_aside(self, message_id: int, reason: str) -> None:
        """No order can take the message; a human will look. `reason` is kept in clear: no personal data in it."""
        self._settled(message_id, _ASIDE, None, reason[:_REASON_CHARACTERS])

    def aside(self, limit: int = 50, after: int = 0) -> list[MessageAside]:
        """Messages set aside with ids greater than `after`, oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute(_all_aside, {"after": after, "limit": limit}).all()
        return [
            MessageAside(
                message_id=row.message_id,
                type=row.type,
                dossier_id=row.dossier_id,
                reason=row.reason,
                received_at_real=from_stored(row.received_at_real),
                body=self._cipher.open_json(row.body_sealed, _aad(row.message_id, row.dossier_id)),
            )
            for row in rows
        ]

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
