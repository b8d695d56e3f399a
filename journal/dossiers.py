"""Dossiers: the clearing house's names for our portings."""

import secrets

from sqlalchemy import Connection, bindparam, insert, select

from journal.errors import UnknownOrder
from journal.schema import dossiers, orders
from journal.store import Part

_DIGITS = 15

_dossier_of = select(dossiers.c.dossier_id).where(
    dossiers.c.order_id == bindparam("order_id"), dossiers.c.attempt == bindparam("attempt")
)
_kind_of = select(orders.c.kind).where(orders.c.order_id == bindparam("order_id"))
_insert_dossier = insert(dossiers)


def new_dossier_id(home: str) -> str:
    """`<HOME>-` and 15 random digits."""
    return f"{home}-{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


class Dossiers(Part):
    """Which dossier stands for which attempt of which order."""

    def open_dossier(self, order_id: str, attempt: int, home: str) -> str:
        """The dossier of this attempt, `<HOME>-` and 15 random digits: made once, before anything is sent, and the same
        on every repetition. Raises `UnknownOrder`.
        """
        with self._store.reading() as connection:
            known = connection.execute(_dossier_of, {"order_id": order_id, "attempt": attempt}).scalar()
        if known is not None:
            return str(known)

        def work(connection: Connection) -> str:
            there = connection.execute(_dossier_of, {"order_id": order_id, "attempt": attempt}).scalar()
            if there is not None:
                return str(there)
            kind = connection.execute(_kind_of, {"order_id": order_id}).scalar()
            if kind is None:
                raise UnknownOrder(order_id)
            dossier_id = new_dossier_id(home)
            row = {"dossier_id": dossier_id, "order_id": order_id, "attempt": attempt, "kind": kind}
            connection.execute(_insert_dossier, row)
            return dossier_id

        return self._store.write(work)
