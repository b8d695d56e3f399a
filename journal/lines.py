"""Lines: what is known about them, who holds them, and the orders that move a number and must be alone with it."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, false, func, select

from domain.lines import LineFacts, LineNewsKind, LineTaken, MoveBegun
from domain.orders import JournalEntry
from journal.claims import claims_on, lock_claims, write_claims
from journal.entries import write_entry
from journal.errors import UnknownOrder
from journal.line_facts import facts_of
from journal.line_news import LineNotifier
from journal.model import LineHold, LineView
from journal.rows import order_view
from journal.schema import events, from_stored, lines, orders, to_stored
from journal.store import Repository
from rules.line_precedence import Claim, add, holder_of, make_exclusive

_MOST_ORDERS_OF_A_LINE = 100

_line_of_order = select(orders.c.line_hash).where(orders.c.order_id == bindparam("order_id"))
_life_began_at = (
    select(lines.c.life_began_at)
    .where(lines.c.line_hash == bindparam("line_hash"), lines.c.life_began_at.is_not(None))
    .scalar_subquery()
)
is_of_a_former_life = func.coalesce(orders.c.accepted_at < _life_began_at, false())
"""Whether an order of the line `line_hash` is older than its number's present life."""

_of_line = (
    select(orders)
    .where(orders.c.line_hash == bindparam("line_hash"), ~is_of_a_former_life)
    .order_by(orders.c.n.desc())
    .limit(_MOST_ORDERS_OF_A_LINE)
)
_former = select(func.count()).where(orders.c.line_hash == bindparam("line_hash"), is_of_a_former_life)
_lock_order = (
    select(orders.c.kind, orders.c.line_hash, orders.c.entry_seq)
    .where(orders.c.order_id == bindparam("order_id"))
    .with_for_update()
)
_entry_there = select(exists().where(events.c.order_id == bindparam("order_id"), events.c.key == bindparam("key")))


class Lines(Repository):
    """Lines, by their E.164 number or by an order that is about them."""

    def hash_of(self, msisdn: str) -> str:
        """The keyed hash that stands for an E.164 number in ids, search attributes and look-ups."""
        return self._index.of(msisdn)

    def read(self, msisdn: str) -> LineView:
        """Who holds the line since when, the claims behind, and the orders of the number's present life, newest first
        (at most 100).
        """
        line_hash = {"line_hash": self._index.of(msisdn)}
        with self._store.reading() as connection:
            claims = claims_on(connection, line_hash["line_hash"])
            rows = connection.execute(_of_line, line_hash).all()
            former = connection.execute(_former, line_hash).scalar_one()
        holds = [_hold(each) for each in reversed(claims)]
        return LineView(
            held_by=holds[0] if holds else None,
            behind=holds[1:],
            orders=[order_view(row, self._cipher) for row in rows],
            former=former,
        )

    def facts(self, msisdn: str) -> LineFacts:
        """Whether the line is locked or barred, and its last change of SIM."""
        with self._store.reading() as connection:
            return facts_of(connection, self._index.of(msisdn))

    def facts_of(self, order_id: str) -> LineFacts:
        """As `facts`, for the line of an order: nothing for an order without one. Raises `UnknownOrder`."""
        with self._store.reading() as connection:
            order = connection.execute(_line_of_order, {"order_id": order_id}).first()
            if order is None:
                raise UnknownOrder(order_id)
            return LineFacts() if order.line_hash is None else facts_of(connection, order.line_hash)

    def blocked_by(self, msisdn: str, kind: str) -> LineHold | None:
        """The order because of which one of this kind, that does not wait, would not get the line now; None: it would
        get it.
        """
        with self._store.reading() as connection:
            claims = claims_on(connection, self._index.of(msisdn))
        holder = holder_of(claims)
        if holder is None or add(claims, Claim(order_id="", kind=kind, since=0), waits=False) is not None:
            return None
        return _hold(holder)

    def take(self, order_id: str, *, at_legal: datetime, at_real: datetime) -> LineTaken:
        """Makes the order the exclusive holder of its line: if the line is free or its own, or if it may end the holder
        (which is told) or displace it. Else the answer says who has it. Raises `UnknownOrder`.
        """

        def work(connection: Connection) -> LineTaken:
            kind, line_hash, _ = _locked(connection, order_id)
            before = lock_claims(connection, line_hash)
            after = make_exclusive(before, Claim(order_id, kind, to_stored(at_legal)))
            if after is None:
                return LineTaken(taken=False, by=before[-1].order_id, kind=before[-1].kind)
            write_claims(connection, line_hash, before, after)
            occasion = f"taken:{to_stored(at_real)}"
            notifier = LineNotifier(
                connection, self._cipher, by=order_id, kind=kind, occasion=occasion, at_real=at_real
            )
            notifier.claims_ended(before, after, LineNewsKind.TAKEN)
            notifier.holder_changed(before, after)
            return LineTaken(taken=True)

        return self._store.write(work)

    def begin_move(self, entry: JournalEntry, seen: LineFacts, *, at_legal: datetime, at_real: datetime) -> MoveBegun:
        """Writes the entry and makes its order the exclusive holder: only while that order holds the line and `seen` is
        still what is known about it. Else nothing is written, and the answer says what is known now. A repetition has
        begun already; one by a lost step that is done again, with a higher `seq`, is looked at anew. Raises
        `UnknownOrder`.
        """

        def work(connection: Connection) -> MoveBegun:
            _, line_hash, newest = _locked(connection, entry.order_id)
            before = lock_claims(connection, line_hash)  # first: who had the line may just have changed it
            facts = facts_of(connection, line_hash)
            there = connection.execute(_entry_there, {"order_id": entry.order_id, "key": entry.key}).scalar()
            if there and entry.seq <= newest:
                return MoveBegun(begun=True, facts=facts)
            holder = holder_of(before)
            if holder is None or holder.order_id != entry.order_id or facts != seen:
                return MoveBegun(begun=False, facts=facts)
            after = make_exclusive(before, holder)
            assert after is not None  # its own
            write_claims(connection, line_hash, before, after)
            write_entry(connection, self._store, entry, at_legal=at_legal, at_real=at_real)
            return MoveBegun(begun=True, facts=facts)

        return self._store.write(work)


def _locked(connection: Connection, order_id: str) -> tuple[str, str, int]:
    """The order's kind, line and newest entry, unchanged by others until the transaction ends."""
    order = connection.execute(_lock_order, {"order_id": order_id}).first()
    if order is None:
        raise UnknownOrder(order_id)
    if order.line_hash is None:
        raise ValueError(f"order {order_id} has no line of its own")
    return order.kind, order.line_hash, order.entry_seq


def _hold(claim: Claim) -> LineHold:
    return LineHold(order_id=claim.order_id, kind=claim.kind, since=from_stored(claim.since))
