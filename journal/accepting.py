"""Acceptance: the one transaction after which a request is ours, whatever else is down."""

from sqlalchemy import Connection, bindparam, insert, select

from domain.orders import OrderStatus, TimelineEvent
from journal.claims import add_claim
from journal.errors import IdempotencyKeyReused, LineLocked, UnknownOrder
from journal.keeping import keep_order
from journal.line_news import Telling
from journal.lines import facts_of
from journal.model import Acceptance, Accepted
from journal.recording import write_entry
from journal.rows import order_aad
from journal.schema import from_stored, idempotency, orders, to_stored
from journal.store import Part

_remembered = select(idempotency.c.order_id, idempotency.c.fingerprint_hash).where(
    idempotency.c.key_hash == bindparam("key_hash")
)
_order_by_id = select(orders).where(orders.c.order_id == bindparam("order_id"))
_insert_key = insert(idempotency)


class Accepting(Part):
    """Acceptance of orders."""

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Keeps an order, the line it holds, what it changes about the line, its first events, its messages and the
        start of its workflow, the orders made with it and the remarks on others: all or nothing.

        A repetition (same key, same fingerprint) gets the first acceptance again with `replayed` set. Raises
        `IdempotencyKeyReused` for a key that stands for something else, `LineHeld` when another order is open on the
        line and this one may neither preempt it nor wait, `LineLocked` when its holder has locked it and the order
        respects that; refusals leave nothing behind.
        """

        def work(connection: Connection) -> Accepted:
            accepted = self._accept(connection, acceptance)
            if not accepted.replayed:
                for other in acceptance.also:
                    self._accept(connection, other)
            return accepted

        return self._store.write(work)

    def acceptance(self, key: str, fingerprint: str) -> Accepted | None:
        """The acceptance that a key stands for, None for a new key; raises `IdempotencyKeyReused`. A read: what it does
        not find may be there a moment later, `accept` decides.
        """
        key_hash = self._index.of_text("idempotency key", key)
        with self._store.reading() as connection:
            return self._known(connection, key_hash, self._index.of_text("fingerprint", fingerprint))

    def _accept(self, connection: Connection, acceptance: Acceptance) -> Accepted:
        key_hash = self._index.of_text("idempotency key", acceptance.key)
        fingerprint = self._index.of_text("fingerprint", acceptance.fingerprint)
        known = self._known(connection, key_hash, fingerprint)
        if known is not None:
            return known
        # Before the line: of one request that comes twice at once the second waits here, and is told of the first.
        connection.execute(
            _insert_key,
            {
                "key_hash": key_hash,
                "fingerprint_hash": fingerprint,
                "order_id": acceptance.order_id,
                "at_real": to_stored(acceptance.accepted_at_real),
            },
        )
        line_hash = self._index.of(acceptance.msisdn)
        if acceptance.holds_line:
            telling = Telling.of_acceptance(connection, self._cipher, acceptance)
            add_claim(connection, telling, acceptance, line_hash)
        _must_be_unlocked(connection, acceptance, line_hash)
        keep_order(connection, self._cipher, acceptance, line_hash)
        for remark in acceptance.remarks:
            at_legal, at_real = acceptance.accepted_at, acceptance.accepted_at_real
            write_entry(connection, self._store, remark, at_legal=at_legal, at_real=at_real)
        return Accepted(**{name: getattr(acceptance, name) for name in Accepted.model_fields if name != "replayed"})

    def _known(self, connection: Connection, key_hash: str, fingerprint_hash: str) -> Accepted | None:
        known = connection.execute(_remembered, {"key_hash": key_hash}).first()
        if known is None:
            return None
        if known.fingerprint_hash != fingerprint_hash:
            raise IdempotencyKeyReused
        return self._as_accepted(connection, known.order_id)

    def _as_accepted(self, connection: Connection, order_id: str) -> Accepted:
        row = connection.execute(_order_by_id, {"order_id": order_id}).first()
        if row is None:
            raise UnknownOrder(order_id)
        content = self._cipher.open_json(row.order_sealed, order_aad(row))
        return Accepted(
            order_id=order_id,
            kind=row.kind,
            donor=row.donor,
            recipient=row.recipient,
            accepted_at=from_stored(row.accepted_at),
            accepted_at_real=from_stored(row.accepted_at_real),
            order=content["order"],
            status=OrderStatus.model_validate(content["status"]),
            events=[TimelineEvent.model_validate(event) for event in content["events"]],
            replayed=True,
        )


def _must_be_unlocked(connection: Connection, acceptance: Acceptance, line_hash: str) -> None:
    if not acceptance.refuses_locked:
        return
    facts = facts_of(connection, line_hash)
    if facts.locked_since is not None:
        raise LineLocked(facts.locked_since, facts.unlocks_at)
