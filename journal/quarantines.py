"""Numbers whose contract has ended: portable for a while, then free for somebody else. Each is one
row, and no workflow: an index finds what is due.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, exists, func, insert, or_, select, update

from domain.termination import Quarantine
from journal.cipher import canonical
from journal.dossiers import new_dossier_id
from journal.errors import NotInQuarantine
from journal.line_facts import end_facts, end_life
from journal.model import QuarantinePage
from journal.schema import from_stored, quarantine, to_stored
from journal.store import Repository, Store

_IN, _RETURNING, _RELEASED, _RETURNED, _PORTED = "quarantine", "returning", "released", "returned", "ported"
UNDER_WAY = (_IN, _RETURNING)
_FREE = (_RELEASED, _RETURNED)


_NEVER = 2**63 - 1
_INSTANTS = ("since", "portable_until", "reassignable_from")
_NEVER_CHANGED = ("line_hash", "contract_hash", *_INSTANTS, "range_holder", "ended_by")

_is_under_way = quarantine.c.state.in_(UNDER_WAY)
_newest = (
    select(quarantine)
    .where(quarantine.c.line_hash == bindparam("line_hash"), quarantine.c.since <= bindparam("now"))
    .order_by(quarantine.c.id.desc())
    .limit(1)
)
_due = (
    select(quarantine)
    .where(_is_under_way, quarantine.c.reassignable_from <= bindparam("now"))
    .order_by(quarantine.c.reassignable_from, quarantine.c.id)
    .limit(bindparam("limit"))
)
_place = select(quarantine.c.reassignable_from).where(quarantine.c.id == bindparam("after")).scalar_subquery()
_due_after = _due.where(
    quarantine.c.reassignable_from >= _place,
    or_(quarantine.c.reassignable_from > _place, quarantine.c.id > bindparam("after")),
)
_of_contract = select(quarantine).where(quarantine.c.contract_hash == bindparam("contract_hash"))
_lock_contract = _of_contract.with_for_update()
_overdue = select(func.count()).where(_is_under_way, quarantine.c.reassignable_from < bindparam("before"))
_by_dossier = select(exists().where(quarantine.c.dossier_id == bindparam("dossier_id")))
_insert = insert(quarantine)
_set_dossier = (
    update(quarantine)
    .where(quarantine.c.id == bindparam("row"))
    .values(dossier_id=bindparam("new_dossier"), state=_RETURNING)
)
_settle = (
    update(quarantine)
    .where(quarantine.c.id == bindparam("row"))
    .values(state=bindparam("new_state"), settled_at=bindparam("at"), dossier_id=bindparam("new_dossier"))
)
_came_back = (
    update(quarantine)
    .where(quarantine.c.line_hash == bindparam("of_line"), _is_under_way, quarantine.c.since < bindparam("before"))
    .values(state=_PORTED, settled_at=bindparam("at"))
)
_left = _came_back.where(quarantine.c.ended_by != bindparam("order_id"))


class Quarantines(Repository):
    """The numbers in quarantine. Instants are legal time."""

    def of(self, msisdn: str, now: datetime | None = None) -> Quarantine | None:
        """The newest quarantine of an E.164 number, under way or over, that has begun by `now` (None: any); None: there
        is none.
        """
        values = {"line_hash": self._index.of(msisdn), "now": _NEVER if now is None else to_stored(now)}
        with self._store.reading() as connection:
            row = connection.execute(_newest, values).mappings().first()
        return None if row is None else _view(row, self._store)

    def due(self, now_legal: datetime, limit: int, after: int = 0) -> QuarantinePage:
        """Up to `limit` numbers that may be given back at `now_legal`, those that wait longest first; `after` is the
        `next` of the page before. What is not settled is due again.
        """
        values = {"now": to_stored(now_legal), "limit": limit + 1}
        with self._store.reading() as connection:
            if after:
                found = connection.execute(_due_after, values | {"after": after})
            else:
                found = connection.execute(_due, values)
            rows = found.mappings().all()
        items = [_view(row, self._store) for row in rows[:limit]]
        return QuarantinePage(items=items, next=rows[limit - 1]["id"] if len(rows) > limit else None)

    def open_dossier(self, contract_id: str, home: str) -> str:
        """The dossier under which the number goes back to its range holder, `<HOME>-` and 15 random digits: made once,
        before anything is sent, and the same on every repetition. From now on the quarantine is `returning`. Raises
        `NotInQuarantine`.
        """

        def work(connection: Connection) -> str:
            row = _locked(connection, self._store, contract_id)
            if row["dossier_id"] is not None:
                return str(row["dossier_id"])
            if row["state"] not in UNDER_WAY:
                raise NotInQuarantine
            made = new_dossier_id(home)
            connection.execute(_set_dossier, {"row": row["id"], "new_dossier": made})
            return made

        return self._store.write(work)

    def has_dossier(self, dossier_id: str) -> bool:
        """Whether a number of ours goes, or went, back to its range holder under this dossier."""
        with self._store.reading() as connection:
            return bool(connection.execute(_by_dossier, {"dossier_id": dossier_id}).scalar())

    def settle(self, contract_id: str, state: str, *, at_legal: datetime, dossier_id: str | None = None) -> bool:
        """The quarantine has ended: `released` to the home pool, `returned` to the range holder, or `ported`; False
        when it had ended already and nothing changed. Locks, bars and the last change of SIM end with it. Released or
        returned, the number has begun another life: at `reassignable_from`, since its next holder may be there before
        we are told so. Raises `NotInQuarantine`.
        """
        if state not in (*_FREE, _PORTED):
            raise ValueError(f"a quarantine does not end in the state {state}")

        def work(connection: Connection) -> bool:
            row = _locked(connection, self._store, contract_id)
            if row["state"] not in UNDER_WAY:
                return False
            dossier = dossier_id or row["dossier_id"]
            settled = {"row": row["id"], "new_state": state, "at": to_stored(at_legal), "new_dossier": dossier}
            connection.execute(_settle, settled)
            if state in _FREE:
                end_life(connection, row["line_hash"], until=row["reassignable_from"])
            else:
                end_facts(connection, row["line_hash"], until=to_stored(at_legal))
            return True

        return self._store.write(work)

    def begin(self, begun: Quarantine) -> None:
        """The quarantine of a number of ours that was given back to us begins, once per contract."""
        self._store.write(lambda connection: begin_quarantine(connection, self._store, begun))

    def count_overdue(self, before: datetime) -> int:
        """How many quarantines could have ended before this legal instant, and have not."""
        with self._store.reading() as connection:
            return connection.execute(_overdue, {"before": to_stored(before)}).scalar_one()


def come_home(connection: Connection, line_hash: str, *, accepted_at: datetime, at: datetime) -> None:
    """A port in has brought the number to us: had it been in quarantine with us, it was ported out of it, and what was
    known of the line before the order was accepted (legal time) is over.
    """
    before = to_stored(accepted_at)
    if connection.execute(_came_back, {"of_line": line_hash, "before": before, "at": to_stored(at)}).rowcount:
        end_facts(connection, line_hash, until=before)


def leave_home(connection: Connection, line_hash: str, *, ended_by: str, at: datetime) -> None:
    """The number has left us, and the line's facts end. If it was in quarantine by another order, it was ported out
    of it.
    """
    until = to_stored(at)
    connection.execute(_left, {"of_line": line_hash, "before": until, "at": until, "order_id": ended_by})
    end_facts(connection, line_hash, until=until)


def begin_quarantine(connection: Connection, store: Store, begun: Quarantine) -> None:
    """The contract has ended, once. An earlier quarantine of the same number is over, or there would have been no other
    contract to end.
    """
    contract_hash = _contract_hash(store, begun.contract_id)
    if connection.execute(_of_contract, {"contract_hash": contract_hash}).first() is not None:
        return
    line_hash, since = store.index.of(begun.msisdn), to_stored(begun.since)
    connection.execute(_came_back, {"of_line": line_hash, "before": since, "at": since})
    row: dict[str, Any] = {
        "line_hash": line_hash,
        "contract_hash": contract_hash,
        **{name: to_stored(getattr(begun, name)) for name in _INSTANTS},
        "range_holder": begun.range_holder,
        "ended_by": begun.ended_by,
    }
    content = {"msisdn": begun.msisdn, "contract_id": begun.contract_id}
    connection.execute(
        _insert,
        {
            **row,
            "state": begun.state,
            "dossier_id": None,
            "settled_at": None,
            "body_sealed": store.cipher.seal_json(content, _aad(row)),
        },
    )


def _locked(connection: Connection, store: Store, contract_id: str) -> RowMapping:
    wanted = {"contract_hash": _contract_hash(store, contract_id)}
    row = connection.execute(_lock_contract, wanted).mappings().first()
    if row is None:
        raise NotInQuarantine
    return row


def _view(row: RowMapping, store: Store) -> Quarantine:
    content = store.cipher.open_json(row["body_sealed"], _aad(row))
    return Quarantine(
        **content,
        **{name: from_stored(row[name]) for name in _INSTANTS},
        range_holder=row["range_holder"],
        ended_by=row["ended_by"],
        state=row["state"],
    )


def _aad(row: Mapping[Any, Any]) -> bytes:
    """Binds the number and its contract to the columns that never change: no day is moved unnoticed."""
    return b"quarantine:" + canonical([row[name] for name in _NEVER_CHANGED])


def _contract_hash(store: Store, contract_id: str) -> str:
    return store.index.of_text("contract", contract_id)
