"""Reads: orders, their events, lines, counts, and the proof that nothing was altered."""

from sqlalchemy import bindparam, false, func, select

from domain.orders import OrderState
from journal import dialect
from journal.chain import GENESIS, check
from journal.claims import claims_on
from journal.errors import UnknownOrder
from journal.model import ChainReport, EventView, LineHold, LineView, OrderView, Page
from journal.rows import event_view, order_view
from journal.schema import events, from_stored, lines, orders
from journal.store import Part
from rules.line_precedence import Claim, add, holder_of

_MOST_ORDERS_OF_A_LINE = 100

_order = select(orders).where(orders.c.order_id == bindparam("order_id"))
_place = select(orders.c.n).where(orders.c.order_id == bindparam("order_id")).scalar_subquery()
_events = select(events).where(events.c.order_id == bindparam("order_id")).order_by(events.c.seq)
_events_after = _events.where(events.c.seq >= bindparam("seq"))
_life_began_at = (
    select(lines.c.life_began_at)
    .where(lines.c.line_hash == bindparam("line_hash"), lines.c.life_began_at.is_not(None))
    .scalar_subquery()
)
_of_a_former_life = func.coalesce(orders.c.accepted_at < _life_began_at, false())
_of_line = (
    select(orders)
    .where(orders.c.line_hash == bindparam("line_hash"), ~_of_a_former_life)
    .order_by(orders.c.n.desc())
    .limit(_MOST_ORDERS_OF_A_LINE)
)
_former = select(func.count()).where(orders.c.line_hash == bindparam("line_hash"), _of_a_former_life)
_counts = select(orders.c.state, func.count().label("total")).group_by(orders.c.state)
_late = select(func.count()).where(orders.c.late)
_last_event = select(func.max(events.c.n))
_changed = select(events.c.order_id).where(events.c.n > bindparam("n")).distinct()


class Reading(Part):
    """Everything that only looks."""

    def order(self, order_id: str) -> OrderView | None:
        """An order as it stands, None when it is unknown."""
        with self._store.reading() as connection:
            row = connection.execute(_order, {"order_id": order_id}).first()
        return None if row is None else order_view(row, self._cipher)

    def orders(
        self,
        *,
        msisdn: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        needs_attention: bool | None = None,
        late: bool | None = None,
        former: bool = False,
        limit: int = 50,
        after: str | None = None,
    ) -> Page:
        """Orders that fit all of what is given, newest first; of a number only those of its present life, unless
        `former`. `after` is the `next` of the page before; an unknown one is an empty page.
        """
        wanted = select(orders).order_by(orders.c.n.desc()).limit(bindparam("limit"))
        values: dict[str, object] = {"limit": limit + 1}
        if msisdn is not None:
            wanted = wanted.where(orders.c.line_hash == bindparam("line_hash"))
            values["line_hash"] = self._index.of(msisdn)
            wanted = wanted if former else wanted.where(~_of_a_former_life)
        if state is not None:
            wanted = wanted.where(orders.c.state == bindparam("in_state"))
            values["in_state"] = state
        if kind is not None:
            wanted = wanted.where(orders.c.kind == bindparam("of_kind"))
            values["of_kind"] = kind
        if needs_attention is not None:
            wanted = wanted.where(orders.c.needs_attention == bindparam("attention"))
            values["attention"] = needs_attention
        if late is not None:
            wanted = wanted.where(orders.c.late == bindparam("is_late"))
            values["is_late"] = late
        if after is not None:
            wanted = wanted.where(orders.c.n < _place)
            values["order_id"] = after
        with self._store.reading() as connection:
            rows = connection.execute(wanted, values).all()
        items = [order_view(row, self._cipher) for row in rows[:limit]]
        return Page(items=items, next=items[-1].order_id if items and len(rows) > limit else None)

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

    def line(self, msisdn: str) -> LineView:
        """Who holds the line since when, who is behind, and the orders of the number's present life, newest first (at
        most 100).
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

    def in_the_way(self, msisdn: str, kind: str) -> LineHold | None:
        """The order for which one of this kind, that does not wait, would not get an E.164 number's line now; None: it
        would.
        """
        with self._store.reading() as connection:
            claims = claims_on(connection, self._index.of(msisdn))
        holder = holder_of(claims)
        if holder is None or add(claims, Claim(order_id="", kind=kind, since=0), waits=False) is not None:
            return None
        return _hold(holder)

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

    def late_count(self) -> int:
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


def _hold(claim: Claim) -> LineHold:
    return LineHold(order_id=claim.order_id, kind=claim.kind, since=from_stored(claim.since))
