"""The claims on a line in the tables. The orders that a change concerns are told in the same transaction."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.lines import LineNewsKind
from domain.orders import JournalEntry
from journal.errors import LineHeld
from journal.line_news import LineNotifier
from journal.model import Acceptance
from journal.schema import from_stored, line_claims, line_holds, to_stored
from rules.line_precedence import Claim, Claims, add, drop_waiting, holder_of, release, set_preemptible

_COLUMNS = ("order_id", "kind", "since", "preemptible")
_hold = select(*[line_holds.c[name] for name in (*_COLUMNS, "exclusive")]).where(
    line_holds.c.line_hash == bindparam("hash")
)
_lock_hold = _hold.with_for_update()
_claims = (
    select(*[line_claims.c[name] for name in _COLUMNS])
    .where(line_claims.c.line_hash == bindparam("hash"))
    .order_by(line_claims.c.place)
)
_insert_hold = insert(line_holds)
_update_hold = (
    update(line_holds)
    .where(line_holds.c.line_hash == bindparam("hash"))
    .values({name: bindparam(f"new_{name}") for name in (*_COLUMNS, "exclusive")})
)
_delete_hold = delete(line_holds).where(line_holds.c.line_hash == bindparam("hash"))
_insert_claims = insert(line_claims)
_delete_claims = delete(line_claims).where(line_claims.c.line_hash == bindparam("hash"))


def add_claim(connection: Connection, notifier: LineNotifier, accepted: Acceptance, line_hash: str) -> None:
    """Adds the claim of an order that is accepted; raises `LineHeld`."""
    before = lock_claims(connection, line_hash)
    new = Claim(accepted.order_id, accepted.kind, to_stored(accepted.accepted_at))
    after = add(before, new, waits=accepted.waits_for_line)
    if after is None:
        raise LineHeld(before[-1].order_id, before[-1].kind, from_stored(before[-1].since))
    write_claims(connection, line_hash, before, after)
    notifier.holder_changed(before, after)


def change_claim(
    connection: Connection,
    notifier: LineNotifier,
    entry: JournalEntry,
    line_hash: str,
    *,
    preemptible: bool | None,
    gone: bool,
) -> None:
    """Changes whether the entry's order is preemptible (None: as before), and releases its claim if the entry says
    so. Where the contract on the line is `gone`, the claims that wait are dropped.
    """
    if preemptible is None and not gone and not entry.release_line:
        return
    before = after = lock_claims(connection, line_hash)
    if gone:
        after = drop_waiting(after)
    if preemptible is not None:
        after = set_preemptible(after, entry.order_id, preemptible)
    if entry.release_line:
        after = release(after, entry.order_id)
    write_claims(connection, line_hash, before, after)
    notifier.claims_ended(before, after, LineNewsKind.CONTRACT_ENDED)
    notifier.holder_changed(before, after)


def claims_on(connection: Connection, line_hash: str) -> Claims:
    """The claims on a line, to look at."""
    return _read(connection, line_hash, lock=False)


def lock_claims(connection: Connection, line_hash: str) -> Claims:
    """The claims on a line. Nobody else changes them until the transaction ends."""
    return _read(connection, line_hash, lock=True)


def write_claims(connection: Connection, line_hash: str, before: Claims, after: Claims) -> None:
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
        connection.execute(_update_hold, {"hash": line_hash, "new_exclusive": holder.exclusive, **now})
    else:
        connection.execute(_insert_hold, {"line_hash": line_hash, "exclusive": holder.exclusive, **_row(holder)})


def _read(connection: Connection, line_hash: str, *, lock: bool) -> Claims:
    held = connection.execute(_lock_hold if lock else _hold, {"hash": line_hash}).mappings().first()
    if held is None:
        return ()
    behind = connection.execute(_claims, {"hash": line_hash}).mappings()
    return (*(Claim(**each) for each in behind), Claim(**held))


def _row(claim: Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in _COLUMNS}
