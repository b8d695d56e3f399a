"""eSIM profiles and their activation codes: the secret that fetches a profile, read by the customer once."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from journal.errors import ActivationCodeRead, NoActivationCode
from journal.model import ProfileOwner
from journal.schema import activation_codes, from_stored, to_stored
from journal.store import Repository

_NONE, _OFFERED, _READ, _WITHDRAWN = "none", "offered", "read", "withdrawn"
_MATCHING_ID_BYTES = 16
_NOTHING = b""

_by_attempt = select(activation_codes).where(
    activation_codes.c.order_id == bindparam("order_id"), activation_codes.c.attempt == bindparam("attempt")
)
_lock_attempt = _by_attempt.with_for_update()
_newest = (
    select(activation_codes)
    .where(activation_codes.c.order_id == bindparam("order_id"), activation_codes.c.state.in_([_OFFERED, _READ]))
    .order_by(activation_codes.c.attempt.desc())
    .limit(1)
    .with_for_update()
)
_owner = (
    select(activation_codes.c.order_id, activation_codes.c.attempt)
    .where(activation_codes.c.iccid_hash == bindparam("iccid_hash"))
    .order_by(activation_codes.c.n.desc())
    .limit(1)
)
_insert = insert(activation_codes)
_update = (
    update(activation_codes)
    .where(activation_codes.c.n == bindparam("row"))
    .values(state=bindparam("new_state"), code_sealed=bindparam("new_code"), read_at_real=bindparam("new_read_at"))
)


class Profiles(Repository):
    """The eSIM profiles of an order, by attempt: which ICCID, and the code that fetches it."""

    def matching_id(self, order_id: str, attempt: int, iccid: str) -> str:
        """The matching id of the order's `attempt`-th profile, of this ICCID: 32 random hexadecimal characters, made
        once, before anything is ordered, and the same on every repetition.
        """

        def work(connection: Connection) -> str:
            row = connection.execute(_by_attempt, {"order_id": order_id, "attempt": attempt}).first()
            if row is not None:
                return self._cipher.open(row.matching_id_sealed, _aad("matching id", order_id, attempt)).decode()
            made = secrets.token_hex(_MATCHING_ID_BYTES).upper()
            values = {
                "order_id": order_id,
                "attempt": attempt,
                "iccid_hash": self._iccid_hash(iccid),
                "matching_id_sealed": self._cipher.seal(made.encode(), _aad("matching id", order_id, attempt)),
                "code_sealed": _NOTHING,
                "state": _NONE,
                "read_at_real": None,
            }
            connection.execute(_insert, values)
            return made

        return self._store.write(work)

    def offer_code(self, order_id: str, attempt: int, activation_code: str) -> None:
        """The customer can read the code from now on; nothing happens when he could before or it was withdrawn.
        Raises `NoActivationCode` for an attempt without a matching id.
        """

        def work(connection: Connection) -> None:
            row = connection.execute(_lock_attempt, {"order_id": order_id, "attempt": attempt}).first()
            if row is None:
                raise NoActivationCode(order_id)
            if row.state == _NONE:
                sealed = self._cipher.seal(activation_code.encode(), _aad("activation code", order_id, attempt))
                _set(connection, row, _OFFERED, code=sealed)

        self._store.write(work)

    def withdraw_code(self, order_id: str, attempt: int) -> None:
        """The code can no longer be read nor offered, and is forgotten; nothing happens when there was none."""

        def work(connection: Connection) -> None:
            row = connection.execute(_lock_attempt, {"order_id": order_id, "attempt": attempt}).first()
            if row is not None and row.state != _WITHDRAWN:
                _set(connection, row, _WITHDRAWN, read_at=row.read_at_real)

        self._store.write(work)

    def read_code(self, order_id: str, at_real: datetime) -> str:
        """The activation code of the newest attempt that has one, once: the journal forgets it with the reading. Raises
        `NoActivationCode`, `ActivationCodeRead`.
        """

        def work(connection: Connection) -> str:
            row = connection.execute(_newest, {"order_id": order_id}).first()
            if row is None:
                raise NoActivationCode(order_id)
            if row.state == _READ:
                raise ActivationCodeRead(order_id, from_stored(row.read_at_real))
            _set(connection, row, _READ, read_at=to_stored(at_real))
            return self._cipher.open(row.code_sealed, _aad("activation code", order_id, row.attempt)).decode()

        return self._store.write(work)

    def owner(self, iccid: str) -> ProfileOwner | None:
        """The order that this profile was last made for, and its attempt; None for a profile that is not ours."""
        with self._store.reading() as connection:
            row = connection.execute(_owner, {"iccid_hash": self._iccid_hash(iccid)}).first()
        return None if row is None else ProfileOwner(row.order_id, row.attempt)

    def _iccid_hash(self, iccid: str) -> str:
        return self._index.of_text("iccid", iccid)


def _set(
    connection: Connection, row: Row[Any], state: str, *, code: bytes = _NOTHING, read_at: int | None = None
) -> None:
    connection.execute(_update, {"row": row.n, "new_state": state, "new_code": code, "new_read_at": read_at})


def _aad(what: str, order_id: str, attempt: int) -> bytes:
    return f"{what}:{order_id}:{attempt}".encode()
