"""Dossiers: the clearing house's names for our portings."""

import secrets

from sqlalchemy import Connection, bindparam, insert, select

from journal.errors import UnknownOrder
from journal.model import DossierRef
from journal.schema import dossiers, orders
from journal.store import Part

_DIGITS = 15

_dossier_of = select(dossiers.c.dossier_id).where(
    dossiers.c.order_id == bindparam("order_id"), dossiers.c.attempt == bindparam("attempt")
)
_order_of = select(dossiers.c.order_id, dossiers.c.attempt, dossiers.c.kind).where(
    dossiers.c.dossier_id == bindparam("dossier_id")
)
_kind_of = select(orders.c.kind).where(orders.c.order_id == bindparam("order_id"))
_insert_dossier = insert(dossiers)


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
            dossier_id = f"{home}-{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            row = {"dossier_id": dossier_id, "order_id": order_id, "attempt": attempt, "kind": kind}
            connection.execute(_insert_dossier, row)
            return dossier_id

        return self._store.write(work)

    def dossier_order(self, dossier_id: str) -> DossierRef | None:
        """What a dossier stands for, None when it is not ours."""
        with self._store.reading() as connection:
            row = connection.execute(_order_of, {"dossier_id": dossier_id}).first()
        return None if row is None else DossierRef(order_id=row.order_id, attempt=row.attempt, kind=row.kind)
