"""Who holds a line, and who is behind: kept in the tables, and each order told what concerns it, in one transaction."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.lines import LineWord
from domain.orders import JournalEntry
from journal.errors import LineHeld
from journal.line_news import Telling
from journal.model import Acceptance
from journal.schema import from_stored, line_claims, line_holds, to_stored
from journal.stack import Stack, Stand, alone, entered, holder_of, lending, without

_STAND = ("order_id", "kind", "since", "lends")
_hold = select(*[line_holds.c[name] for name in (*_STAND, "firm")]).where(line_holds.c.line_hash == bindparam("hash"))
_lock_hold = _hold.with_for_update()
_claims = (
    select(*[line_claims.c[name] for name in _STAND])
    .where(line_claims.c.line_hash == bindparam("hash"))
    .order_by(line_claims.c.place)
)
_insert_hold = insert(line_holds)
_update_hold = (
    update(line_holds)
    .where(line_holds.c.line_hash == bindparam("hash"))
    .values({name: bindparam(f"new_{name}") for name in (*_STAND, "firm")})
)
_delete_hold = delete(line_holds).where(line_holds.c.line_hash == bindparam("hash"))
_insert_claims = insert(line_claims)
_delete_claims = delete(line_claims).where(line_claims.c.line_hash == bindparam("hash"))


def enter_line(connection: Connection, telling: Telling, accepted: Acceptance, line_hash: str) -> None:
    """The order has the line, or waits behind its holder; raises `LineHeld`."""
    before = lock_stack(connection, line_hash)
    new = Stand(accepted.order_id, accepted.kind, to_stored(accepted.accepted_at))
    after = entered(before, new, waits=accepted.waits_for_line)
    if after is None:
        raise LineHeld(before[-1].order_id, before[-1].kind, from_stored(before[-1].since))
    keep_stack(connection, line_hash, before, after)
    telling.holder_changed(before, after)


def change_hold(
    connection: Connection, telling: Telling, entry: JournalEntry, line_hash: str, *, lends: bool | None, gone: bool
) -> None:
    """The entry's order lends the line or no longer does (None: as before), lets go of it, and leaves nothing to those
    behind where the contract on it is `gone`.
    """
    if lends is None and not gone and not entry.release_line:
        return
    before = after = lock_stack(connection, line_hash)
    if gone:
        after = alone(after)
    if lends is not None:
        after = lending(after, entry.order_id, lends)
    if entry.release_line:
        after = without(after, entry.order_id)
    keep_stack(connection, line_hash, before, after)
    telling.lost(before, after, LineWord.GONE)
    telling.holder_changed(before, after)


def stack_of(connection: Connection, line_hash: str) -> Stack:
    """The line's orders, the holder last, to look at."""
    return _stack(connection, line_hash, lock=False)


def lock_stack(connection: Connection, line_hash: str) -> Stack:
    """The line's orders, the holder last, unchanged by others until the transaction ends."""
    return _stack(connection, line_hash, lock=True)


def keep_stack(connection: Connection, line_hash: str, before: Stack, after: Stack) -> None:
    """Writes what has changed."""
    if before[:-1] != after[:-1]:
        connection.execute(_delete_claims, {"hash": line_hash})
        rows = [{"line_hash": line_hash, "place": place, **_row(each)} for place, each in enumerate(after[:-1])]
        if rows:
            connection.execute(_insert_claims, rows)
    if before[-1:] == after[-1:]:
        return
    holder = holder_of(after)
    if holder is None:
        connection.execute(_delete_hold, {"hash": line_hash})
    elif before:
        now = {f"new_{name}": value for name, value in _row(holder).items()}
        connection.execute(_update_hold, {"hash": line_hash, "new_firm": holder.firm, **now})
    else:
        connection.execute(_insert_hold, {"line_hash": line_hash, "firm": holder.firm, **_row(holder)})


def _stack(connection: Connection, line_hash: str, *, lock: bool) -> Stack:
    held = connection.execute(_lock_hold if lock else _hold, {"hash": line_hash}).mappings().first()
    if held is None:
        return ()
    behind = connection.execute(_claims, {"hash": line_hash}).mappings()
    return (*(Stand(**each) for each in behind), Stand(**held))


def _row(stand: Stand) -> dict[str, Any]:
    return {name: getattr(stand, name) for name in _STAND}
