"""What is known about a line beside its orders: locked, barred, on which order's SIM since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from domain.lines import LineChange, LineFacts
from journal.schema import from_stored, lines, to_stored

_FACTS = [column.name for column in lines.columns if column.name != "line_hash"]

_line = select(*[lines.c[name] for name in _FACTS]).where(lines.c.line_hash == bindparam("hash"))
_lock_line = _line.with_for_update()
_insert = insert(lines)
_update = (
    update(lines)
    .where(lines.c.line_hash == bindparam("hash"))
    .values({name: bindparam(f"new_{name}") for name in _FACTS})
)
_NO_UNLOCKING = {"unlocks_at": None, "unlocks_by": None}
_BEGINS = {"locked_since": ("locked_by", *_NO_UNLOCKING), "barred_since": ("barred_by",), "swapped_at": ("swapped_by",)}
"""Since when a fact holds, and what else belongs to it."""
_forget_unlocking = (
    update(lines)
    .where(lines.c.line_hash == bindparam("hash"), lines.c.unlocks_by == bindparam("order_id"))
    .values(_NO_UNLOCKING)
)


def facts_of(connection: Connection, line_hash: str) -> LineFacts:
    """What is known about the line behind a keyed hash; empty for one that is unknown."""
    row = connection.execute(_line, {"hash": line_hash}).mappings().first()
    if row is None:
        return LineFacts()
    return LineFacts(**{name: from_stored(each) if isinstance(each, int) else each for name, each in row.items()})


def change_line(
    connection: Connection,
    line_hash: str,
    changes: Sequence[LineChange],
    *,
    order_id: str,
    accepted_at: datetime,
    at: datetime,
    unlocks_at: datetime | None = None,
) -> bool:
    """Applies what an order changes about its line, at the legal instant `at`; `unlocks_at` announces when its lock
    will open, unless that is announced already. False: nothing is different.
    """
    if not changes and unlocks_at is None:
        return False
    row = _lock(connection, line_hash)
    before: dict[str, Any] = dict(row or {}) or dict.fromkeys(_FACTS)
    now = before
    for change in changes:
        now = now | _after(change, now, order_id, to_stored(accepted_at), to_stored(at))
    if unlocks_at is not None and now["locked_since"] is not None and now["unlocks_at"] is None:
        now = now | {"unlocks_at": to_stored(unlocks_at), "unlocks_by": order_id}
    _keep(connection, line_hash, row, now)
    return now != before


def end_life(connection: Connection, line_hash: str, *, until: int) -> None:
    """The number is another holder's from this stored legal instant on: what is older is no business of his."""
    now = _lock(connection, line_hash)
    _keep(connection, line_hash, now, {**_ended(now, until), "life_began_at": until})


def end_facts(connection: Connection, line_hash: str, *, until: int) -> None:
    """Our line is gone, and what was known of it up to this stored legal instant; the holder keeps his number."""
    now = _lock(connection, line_hash)
    if now is not None:
        _keep(connection, line_hash, now, _ended(now, until))


def forget_unlocking(connection: Connection, line_hash: str, order_id: str) -> bool:
    """The order has ended without opening the lock that it was going to open; False: it was not going to."""
    return connection.execute(_forget_unlocking, {"hash": line_hash, "order_id": order_id}).rowcount > 0


def _after(
    change: LineChange, now: RowMapping | dict[str, Any], order_id: str, accepted_at: int, at: int
) -> dict[str, Any]:
    match change:
        case LineChange.LOCKED:
            return {"locked_since": at, "locked_by": order_id, **_NO_UNLOCKING}
        case LineChange.UNLOCKED if now["locked_since"] is not None and now["locked_since"] <= accepted_at:
            return {"locked_since": None, "locked_by": None, **_NO_UNLOCKING}
        case LineChange.BARRED:
            return {"barred_since": at, "barred_by": order_id}
        case LineChange.KEPT_BARRED if now["barred_since"] is None:
            return {"barred_since": at, "barred_by": order_id}
        case LineChange.UNBARRED:
            return {"barred_since": None, "barred_by": None}
        case LineChange.SWAPPED:
            return {"swapped_at": at, "swapped_by": order_id, **_bar_after_swap(now, order_id, accepted_at)}
    return {}


def _lock(connection: Connection, line_hash: str) -> RowMapping | None:
    return connection.execute(_lock_line, {"hash": line_hash}).mappings().first()


def _keep(connection: Connection, line_hash: str, there: RowMapping | None, changed: dict[str, Any]) -> None:
    facts = dict.fromkeys(_FACTS) | dict(there or {}) | changed
    if there is None:
        connection.execute(_insert, {"line_hash": line_hash, **facts})
    else:
        connection.execute(_update, {"hash": line_hash} | {f"new_{name}": value for name, value in facts.items()})


def _ended(now: RowMapping | None, until: int) -> dict[str, Any]:
    ended = {name: more for name, more in _BEGINS.items() if now and now[name] is not None and now[name] < until}
    return {name: None for since, more in ended.items() for name in (since, *more)}


def _bar_after_swap(now: RowMapping | dict[str, Any], order_id: str, accepted_at: int) -> dict[str, Any]:
    """The bar that the new SIM was asked for in spite of is over; one that another order brought meanwhile is not."""
    if now["barred_since"] is not None and now["barred_since"] > accepted_at and now["barred_by"] != order_id:
        return {}
    return {"barred_since": None, "barred_by": None}
