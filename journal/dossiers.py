"""Dossiers: those of our portings, and those in which another operator asks us for numbers."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from domain.orders import FINAL_STATES
from domain.port_out import DossierDecision, NumberDecision
from journal.errors import UnknownOrder
from journal.rows import order_aad
from journal.schema import dossiers, orders, port_requests, to_stored
from journal.store import Repository

_DIGITS = 15

_dossier_of = select(dossiers.c.dossier_id).where(
    dossiers.c.order_id == bindparam("order_id"), dossiers.c.attempt == bindparam("attempt")
)
_kind_of = select(orders.c.kind).where(orders.c.order_id == bindparam("order_id"))
_asked_for = (
    select(port_requests.c.order_id)
    .where(port_requests.c.dossier_id == bindparam("dossier"))
    .order_by(port_requests.c.position)
)
_places = select(func.count()).where(port_requests.c.dossier_id == bindparam("dossier"))
_missing = _places.where(port_requests.c.given_at_real.is_(None))
_request_of = select(port_requests.c.dossier_id, port_requests.c.given_at_real).where(
    port_requests.c.order_id == bindparam("order_id")
)
_lock_dossier = (
    select(port_requests.c.order_id).where(port_requests.c.dossier_id == bindparam("dossier")).with_for_update()
)
"""Decisions of one dossier are written one after the other: the last one completes the answer."""
_numbers = (
    select(orders, port_requests.c.decision_sealed)
    .join(port_requests, port_requests.c.order_id == orders.c.order_id)
    .where(port_requests.c.dossier_id == bindparam("dossier"))
    .order_by(port_requests.c.position)
)
_open_on_line = (
    select(orders.c.order_id, port_requests.c.dossier_id, port_requests.c.decision_sealed)
    .join(port_requests, port_requests.c.order_id == orders.c.order_id)
    .where(
        orders.c.line_hash == bindparam("line_hash"),
        orders.c.state.not_in([state.value for state in FINAL_STATES]),
    )
    .order_by(orders.c.n)
)
_insert = insert(port_requests)
_give = (
    update(port_requests)
    .where(port_requests.c.order_id == bindparam("of_order"))
    .values(decision_sealed=bindparam("decision"), given_at_real=bindparam("at_real"))
)
_insert_dossier = insert(dossiers)


def new_dossier_id(home: str) -> str:
    """`<HOME>-` and 15 random digits."""
    return f"{home}-{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


class Dossiers(Repository):
    """Which dossier stands for which attempt of which order, and which orders a dossier asks us for."""

    def open(self, order_id: str, attempt: int, home: str) -> str:
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

    def orders_of(self, dossier_id: str) -> list[str]:
        """The orders of a dossier's numbers, in the order of the request; none for a dossier that asks us nothing."""
        with self._store.reading() as connection:
            return orders_asked_for(connection, dossier_id)

    def record_decision(self, order_id: str, decision: NumberDecision) -> list[DossierDecision]:
        """Keeps our decision about the order's number: the first one stands unless it is withdrawn. Returns the
        decisions about all numbers of the dossier, in the order of the request, once there is one about each; until
        then none, since hundreds of orders may ask for them again and again. Raises `UnknownOrder`.
        """

        def work(connection: Connection) -> None:
            connection.execute(_lock_dossier, dossier).all()
            now = connection.execute(_request_of, {"order_id": order_id}).one()
            if now.given_at_real is None:
                sealed = self._cipher.seal(decision.model_dump_json().encode(), _aad(now.dossier_id, order_id))
                given = {"of_order": order_id, "decision": sealed, "at_real": to_stored(datetime.now(UTC))}
                connection.execute(_give, given)

        with self._store.reading() as connection:
            request = connection.execute(_request_of, {"order_id": order_id}).first()
        if request is None:
            raise UnknownOrder(order_id)
        dossier = {"dossier": request.dossier_id}
        if request.given_at_real is None:
            self._store.write(work)
        with self._store.reading() as connection:
            if connection.execute(_missing, dossier).scalar_one():
                return []
            rows = connection.execute(_numbers, dossier).all()
        return [self._number(row, request.dossier_id) for row in rows]

    def withdraw_decision(self, order_id: str) -> bool:
        """Withdraws our decision about the order's number. False when it stands, because there is one about each number
        of its dossier and the answer is leaving. Raises `UnknownOrder`.
        """

        def work(connection: Connection) -> bool:
            request = connection.execute(_request_of, {"order_id": order_id}).first()
            if request is None:
                raise UnknownOrder(order_id)
            connection.execute(_lock_dossier, {"dossier": request.dossier_id}).all()
            if not connection.execute(_missing, {"dossier": request.dossier_id}).scalar_one():
                return False
            connection.execute(_give, {"of_order": order_id, "decision": None, "at_real": None})
            return True

        return self._store.write(work)

    def open_ports_out(self, msisdn: str) -> list[tuple[str, str]]:
        """Order and dossier of each port out of an E.164 number that has neither ended nor been refused, oldest first:
        an order that we have refused may still wait for the other numbers of its dossier.
        """
        with self._store.reading() as connection:
            rows = connection.execute(_open_on_line, {"line_hash": self._index.of(msisdn)}).all()
        return [
            (row.order_id, row.dossier_id)
            for row in rows
            if row.decision_sealed is None or not self._decision(row, row.dossier_id).block_code
        ]

    def _number(self, row: Row[tuple[object, ...]], dossier_id: str) -> DossierDecision:
        content = self._cipher.open_json(row.order_sealed, order_aad(row))
        return DossierDecision(
            order_id=row.order_id, msisdn=content["msisdn"], decision=self._decision(row, dossier_id)
        )

    def _decision(self, row: Any, dossier_id: str) -> NumberDecision:
        return NumberDecision.model_validate_json(
            self._cipher.open(row.decision_sealed, _aad(dossier_id, row.order_id))
        )


def orders_asked_for(connection: Connection, dossier_id: str) -> list[str]:
    """`Dossiers.orders_of`, as a part of a transaction."""
    return list(connection.execute(_asked_for, {"dossier": dossier_id}).scalars())


def add_to_dossier(connection: Connection, dossier_id: str, order_id: str) -> None:
    """Makes the order the next number of the dossier."""
    position = connection.execute(_places, {"dossier": dossier_id}).scalar_one()
    row = {"dossier_id": dossier_id, "order_id": order_id, "position": position}
    connection.execute(_insert, {**row, "decision_sealed": None, "given_at_real": None})


def _aad(dossier_id: str, order_id: str) -> bytes:
    return f"porting decision:{dossier_id}:{order_id}".encode()
