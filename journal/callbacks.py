"""What the home operator's systems tell by themselves: written down once, with the signal to the order it is about."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select

from journal.schema import callbacks, to_stored
from journal.store import Part
from journal.writing import queue_signal

_there = select(
    exists().where(callbacks.c.party == bindparam("party"), callbacks.c.event_hash == bindparam("event_hash"))
)
_insert = insert(callbacks)


class Callbacks(Part):
    """Notifications received from parties, by the party's own id."""

    def receive_callback(
        self,
        party: str,
        event_id: str,
        body: Any,
        *,
        order_id: str | None,
        signal: str | None,
        message: dict[str, Any] | None,
        at_real: datetime,
    ) -> bool:
        """Writes a notification down and queues the signal to the order's workflow, in one transaction; False when it
        was there already and nothing changed. Without an order or a signal it is only kept.
        """
        event_hash = self._index.of_text("callback", f"{party}\0{event_id}")

        def work(connection: Connection) -> bool:
            if connection.execute(_there, {"party": party, "event_hash": event_hash}).scalar():
                return False
            row = {
                "party": party,
                "event_hash": event_hash,
                "order_id": order_id,
                "received_at_real": to_stored(at_real),
                "body_sealed": self._cipher.seal_json(body, f"callback:{party}:{event_hash}".encode()),
            }
            connection.execute(_insert, row)
            if order_id is not None and signal is not None:
                occasion = f"{party}:{event_hash}"
                queue_signal(connection, self._cipher, order_id, signal, message or {}, occasion, at_real)
            return True

        return self._store.write(work)
