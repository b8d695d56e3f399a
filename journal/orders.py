"""Orders: accepted, recorded, read, counted, and proved to be as they were written."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from domain.orders import JournalEntry, OrderState
from journal import acceptance as accepting
from journal import dialect
from journal.chain import GENESIS, check
from journal.entries import write_entry
from journal.errors import UnknownOrder
from journal.lines import is_of_a_former_life
from journal.model import Acceptance, AcceptedOrder, ChainReport, EventView, OrderPage, OrderView
from journal.rows import event_view, order_view
from journal.schema import events, orders
from journal.store import Repository

_order = select(orders).where(orders.c.order_id == bindparam("order_id"))
_place = select(orders.c.n).where(orders.c.order_id == bindparam("order_id")).scalar_subquery()
_events = select(events).where(events.c.order_id == bindparam("order_id")).order_by(events.c.seq)
_events_after = _events.where(events.c.seq >= bindparam("seq"))
_counts = select(orders.c.state, func.count().label("total")).group_by(orders.c.state)
_late = select(func.count()).where(orders.c.late)
_last_event = select(func.max(events.c.n))
_changed = select(events.c.order_id).where(events.c.n > bindparam("n")).distinct()


class Orders(Repository):
    """The orders and their events."""

    def accept(self, acceptance: Acceptance) -> AcceptedOrder:
        """Keeps an order, its claim on the line, what it changes about the line, its first events, its messages and the
        start of its workflow, the orders made with it and the notes on others: all or nothing.

        A repetition (same key, same fingerprint) gets the first acceptance again with `replayed` set. Raises
        `IdempotencyKeyReused` for a key that stands for something else, `LineHeld` when another order is open on the
        line and this one may neither preempt it nor wait, `LineLocked` when its holder has locked it and the order
        respects that; refusals leave nothing behind.
        """

        def work(connection: Connection) -> AcceptedOrder:
            accepted = self._accept(connection, acceptance)
            if not accepted.replayed:
                for other in acceptance.also:
                    self._accept(connection, other)
            return accepted

        return self._store.write(work)

    def _accept(self, connection: Connection, acceptance: Acceptance) -> AcceptedOrder:
        accepted = accepting.accept(connection, self._store, acceptance)
        if not accepted.replayed:
            at_legal, at_real = acceptance.accepted_at, acceptance.accepted_at_real
            for note in acceptance.notes:
                write_entry(connection, self._store, note, at_legal=at_legal, at_real=at_real)
        return accepted

    def find_acceptance(self, key: str, fingerprint: str) -> AcceptedOrder | None:
        """The acceptance that a key stands for, None for a new key; raises `IdempotencyKeyReused`. A read: what it does
        not find may be there a moment later, `accept` decides.
        """
        with self._store.reading() as connection:
            return accepting.find(connection, self._store, key, fingerprint)

    def record(self, entry: JournalEntry, *, at_legal: datetime, at_real: datetime) -> bool:
        """Writes one transition of an order, once per (order, `entry.key`): False when it was there already and nothing
        changed. Told again with a higher `seq`, by a lost step that is done again, it sets the status and whether the
        order is preemptible once more, and nothing else.

        Events are appended in the order of arrival. The status is that of the entry with the highest `seq`: an older
        entry that arrives later adds its events and messages, changes and releases the line, but turns back neither the
        status nor whether the order is preemptible. An entry without a place in the order (`seq` 0) sets the status of
        an order that is not final; a note never does. Once the number has begun another life, an order of the former
        one neither changes the line nor writes to it. Raises `UnknownOrder`.
        """

        return self._store.write(
            lambda connection: write_entry(connection, self._store, entry, at_legal=at_legal, at_real=at_real)
        )

    def read(self, order_id: str) -> OrderView | None:
        """An order as it stands, None when it is unknown."""
        with self._store.reading() as connection:
            row = connection.execute(_order, {"order_id": order_id}).first()
        return None if row is None else order_view(row, self._cipher)

    def page(
        self,
        *,
        msisdn: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        needs_attention: bool | None = None,
        late: bool | None = None,
        related_to: str | None = None,
        former: bool = False,
        limit: int = 50,
        after: str | None = None,
    ) -> OrderPage:
        """Orders that fit all of what is given, newest first; of a number only those of its present life, unless
        `former`. `after` is the `next` of the page before; an unknown one is an empty page.
        """
        values: dict[str, object] = {"limit": limit + 1}
        wanted = select(orders).order_by(orders.c.n.desc()).limit(bindparam("limit"))
        columns = {
            "state": state,
            "kind": kind,
            "needs_attention": needs_attention,
            "late": late,
            "related_to": related_to,
        }
        for name, value in columns.items():
            if value is not None:
                wanted = wanted.where(orders.c[name] == bindparam(f"of_{name}"))
                values[f"of_{name}"] = value
        if msisdn is not None:
            wanted = wanted.where(orders.c.line_hash == bindparam("line_hash"))
            values["line_hash"] = self._index.of(msisdn)
            wanted = wanted if former else wanted.where(~is_of_a_former_life)
        if after is not None:
            wanted = wanted.where(orders.c.n < _place)
            values["order_id"] = after
        with self._store.reading() as connection:
            rows = connection.execute(wanted, values).all()
        items = [order_view(row, self._cipher) for row in rows[:limit]]
        return OrderPage(items=items, next=items[-1].order_id if items and len(rows) > limit else None)

    def events(self, order_id: str, after_seq: int = 0) -> list[EventView]:
        """The events of an order with a `seq` greater than `after_seq`, in order."""
        with self._store.reading() as connection:
            # The one before is read too: its hash opens the next.
            rows = connection.execute(_events_after, {"order_id": order_id, "seq": after_seq}).all()
        previous = GENESIS
        views = []
        for row in rows:
            if row.seq > after_seq:
                views.append(event_view(row, previous, self._cipher))
            previous = row.hash
        return views

    def verify(self, order_id: str) -> ChainReport:
        """Checks an order's whole chain of events; raises `UnknownOrder`."""
        with self._store.reading() as connection:
            row = connection.execute(_order, {"order_id": order_id}).first()
            rows = connection.execute(_events, {"order_id": order_id}).all()
        if row is None:
            raise UnknownOrder(order_id)
        return check(row, list(rows), self._cipher)

    def counts(self) -> dict[str, int]:
        """How many orders are in each state; every state is named."""
        with self._store.reading() as connection:
            found: dict[str, int] = {row.state: row.total for row in connection.execute(_counts)}
        return {state.value: found.get(state.value, 0) for state in OrderState}

    def count_late(self) -> int:
        """How many orders have not kept, or did not keep, what was promised."""
        with self._store.reading() as connection:
            return connection.execute(_late).scalar_one()

    def last_event(self) -> int:
        """A number that grows with every event of any order; 0 before the first. Whoever looks after this sees every
        event up to it.
        """
        with self._store.reading() as connection:
            last = connection.execute(_last_event).scalar() or 0
            dialect.wait_for_writers(connection)
            return last

    def changed_since(self, last_event: int) -> set[str]:
        """The orders that got events after `last_event`."""
        with self._store.reading() as connection:
            return set(connection.execute(_changed, {"n": last_event}).scalars())
