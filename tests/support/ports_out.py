"""Ports out as the journal has them, for tests of what is asked about them."""

from typing import Any

from background.port_requests import request_key
from domain.orders import OrderKind, OrderState
from domain.port_out import PortOutOrder
from journal import Acceptance, Journal
from tests.support.france import ZONE
from tests.support.journal_kit import MSISDN, NOW, REAL, entry

PORT_OUT_ID = "po-01JV4Y2Q6ZK8X3N5R7T9W1B2C3"
DOSSIER_ID = "CIRUS-BOREA-1"


def request_of(journal: Journal, order: PortOutOrder) -> str:
    """Accept the order as the inbox does: its id."""
    key = request_key(order.dossier_id, order.msisdn)
    acceptance = Acceptance.of(
        OrderKind.PORT_OUT, order, key=key, fingerprint=key, waits_for_line=True, dossier_id=order.dossier_id
    )
    return journal.orders.accept(acceptance).order_id


def ask_for(journal: Journal, msisdn: str = MSISDN, order_id: str = PORT_OUT_ID, recipient: str = "CIRUS") -> str:
    """CIRUS asks for a number of ours: the order's id."""
    order = PortOutOrder(
        order_id=order_id,
        line_hash=journal.lines.hash_of(msisdn),
        msisdn=msisdn,
        zone=ZONE,
        home="ALIZE",
        recipient=recipient,
        dossier_id=DOSSIER_ID,
        accepted_at=NOW,
        accepted_at_real=REAL,
    )
    return request_of(journal, order)


def tell(journal: Journal, key: str, state: OrderState, order_id: str = PORT_OUT_ID, **changed: Any) -> None:
    """One transition of the order."""
    told = entry(1, key, state, **changed).model_copy(update={"order_id": order_id})
    journal.orders.record(told, at_legal=NOW, at_real=REAL)


def agree(journal: Journal) -> None:
    """The number may leave; until it does, the line is lent."""
    tell(journal, "agreed", OrderState.PENDING, preemptible=True)


def leave(journal: Journal) -> None:
    """The number has left us."""
    tell(journal, "closed", OrderState.COMPLETED, release_line=True, contract_ended=True)
