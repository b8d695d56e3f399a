"""Our capacity for numbers that leave: which port out has which slot."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from domain.port_out import Slot
from journal import dialect
from journal.schema import from_stored, port_out_slots, to_stored
from journal.store import Repository

_kept = select(port_out_slots.c.start).where(port_out_slots.c.order_id == bindparam("order_id"))
_full = (
    select(port_out_slots.c.day, port_out_slots.c.start, func.count().label("taken"))
    .where(port_out_slots.c.day.in_(bindparam("days", expanding=True)))
    .group_by(port_out_slots.c.day, port_out_slots.c.start)
)
_insert = insert(port_out_slots)
_free = delete(port_out_slots).where(port_out_slots.c.order_id == bindparam("order_id"))


class Slots(Repository):
    """The slots that are given to ports out."""

    def reserve(self, order_id: str, slots: Sequence[Slot], *, per_day: int, per_slot: int) -> datetime | None:
        """The legal beginning of the first of `slots` with room, kept for the order, and the same on every repetition;
        None: none has room.
        """

        def work(connection: Connection) -> datetime | None:
            dialect.serialise_slots(connection)
            kept = connection.execute(_kept, {"order_id": order_id}).scalar()
            if kept is not None:
                return from_stored(kept)
            slot = _first_with_room(connection, slots, per_day, per_slot)
            if slot is None:
                return None
            row = {"order_id": order_id, "day": slot.day, "start": to_stored(slot.start)}
            connection.execute(_insert, row)
            return slot.start

        return self._store.write(work)


def free_slot(connection: Connection, order_id: str) -> None:
    """The order does not need its slot, if it has one."""
    connection.execute(_free, {"order_id": order_id})


def _first_with_room(connection: Connection, slots: Sequence[Slot], per_day: int, per_slot: int) -> Slot | None:
    of_day: Counter[str] = Counter()
    of_slot: Counter[int] = Counter()
    for row in connection.execute(_full, {"days": sorted({slot.day for slot in slots})}):
        of_day[row.day] += row.taken
        of_slot[row.start] += row.taken
    free = (slot for slot in slots if of_day[slot.day] < per_day and of_slot[to_stored(slot.start)] < per_slot)
    return next(free, None)
