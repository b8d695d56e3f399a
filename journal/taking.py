"""A line for good: an order takes it to move the number, or begins the move while nothing about it has changed."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select

from domain.lines import LineFacts, LineTaken, LineWord, MoveBegun
from domain.orders import JournalEntry
from journal.claims import lock_claims, write_claims
from journal.errors import UnknownOrder
from journal.line_news import Telling
from journal.lines import facts_of
from journal.recording import write_entry
from journal.schema import events, orders, to_stored
from journal.store import Part
from rules.line_precedence import Claim, holder_of, make_exclusive

_lock_order = (
    select(orders.c.kind, orders.c.line_hash, orders.c.entry_seq)
    .where(orders.c.order_id == bindparam("order_id"))
    .with_for_update()
)
_entry_there = select(exists().where(events.c.order_id == bindparam("order_id"), events.c.key == bindparam("key")))


class Taking(Part):
    """Orders that move a number, and must be alone with it."""

    def take_line(self, order_id: str, *, at_legal: datetime, at_real: datetime) -> LineTaken:
        """The line is the order's until it lets go of it: taken where it is free, its own, or held by an order that it
        may end (which is told so) or displace; else who has it. Raises `UnknownOrder`.
        """

        def work(connection: Connection) -> LineTaken:
            kind, line_hash, _ = _locked(connection, order_id)
            before = lock_claims(connection, line_hash)
            after = make_exclusive(before, Claim(order_id, kind, to_stored(at_legal)))
            if after is None:
                return LineTaken(taken=False, by=before[-1].order_id, kind=before[-1].kind)
            write_claims(connection, line_hash, before, after)
            occasion = f"taken:{to_stored(at_real)}"
            telling = Telling(connection, self._cipher, by=order_id, kind=kind, occasion=occasion, at_real=at_real)
            telling.lost(before, after, LineWord.TAKEN)
            telling.holder_changed(before, after)
            return LineTaken(taken=True)

        return self._store.write(work)

    def begin_move(self, entry: JournalEntry, seen: LineFacts, *, at_legal: datetime, at_real: datetime) -> MoveBegun:
        """Writes the entry and leaves the line to its order until it lets go of it: only while that order holds the
        line and `seen` is still what is known about it; else nothing is written, and the answer says what is known now.
        A repetition is begun already; one by a lost step that is done again, with a higher `seq`, is looked at anew.
        Raises `UnknownOrder`.
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
    return order.kind, order.line_hash, order.entry_seq
