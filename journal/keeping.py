"""Keeping an order that was accepted: by a request, or with what another order did."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select

from domain.orders import ACCEPTED, OrderKind, TimelineEvent
from domain.termination import FollowUp
from journal.chain import GENESIS, status_aad
from journal.cipher import FieldCipher
from journal.claims import claims_on
from journal.line_news import Telling
from journal.lines import change_line
from journal.model import Acceptance
from journal.port_requests import keep_port_request
from journal.rows import order_aad
from journal.schema import orders, to_stored
from journal.writing import (
    ACCEPTED_ENTRY,
    START_REQUESTED,
    START_WORKFLOW,
    append_events,
    outbox_row,
    queue,
    queue_messages,
)

_order_there = select(exists().where(orders.c.order_id == bindparam("order_id")))
_insert_order = insert(orders)


def keep_order(connection: Connection, cipher: FieldCipher, accepted: Acceptance, line_hash: str) -> None:
    """Writes the order, what it changes about the line, its first events, its messages and its start."""
    order_id, status, at_real = accepted.order_id, accepted.status, accepted.accepted_at_real
    head_seq, head_hash = append_events(
        connection,
        cipher,
        order_id=order_id,
        entry_key=ACCEPTED_ENTRY,
        status=status,
        at=accepted.accepted_at,
        at_real=at_real,
        story=accepted.events,
        head=(0, GENESIS),
    )
    row: dict[str, Any] = {
        "order_id": order_id,
        "kind": accepted.kind,
        "line_hash": line_hash,
        "donor": accepted.donor,
        "recipient": accepted.recipient,
        "state": status.state.value,
        "stage": status.stage,
        "needs_attention": status.needs_attention,
        "accepted_at": to_stored(accepted.accepted_at),
        "accepted_at_real": to_stored(at_real),
        "updated_at": to_stored(accepted.accepted_at),
        "updated_at_real": to_stored(at_real),
        "status_sealed": cipher.seal(status.model_dump_json().encode(), status_aad(order_id, head_hash)),
        "entry_seq": 0,
        "head_seq": head_seq,
        "head_hash": head_hash,
        "late": status.late,
    }
    content = {
        "msisdn": accepted.msisdn,
        "order": accepted.order,
        "status": status.model_dump(mode="json"),
        "events": [event.model_dump(mode="json") for event in accepted.events],
    }
    row["order_sealed"] = cipher.seal_json(content, order_aad(SimpleNamespace(**row)))
    connection.execute(_insert_order, row)
    if accepted.dossier_id:
        keep_port_request(connection, accepted.dossier_id, order_id)
    changed = change_line(
        connection,
        line_hash,
        accepted.line_changes,
        order_id=order_id,
        accepted_at=accepted.accepted_at,
        at=accepted.accepted_at,
        unlocks_at=accepted.unlocks_at,
    )
    if changed:
        Telling.of_acceptance(connection, cipher, accepted).changed(claims_on(connection, line_hash))
    wanted = {"kind": accepted.kind, "order": accepted.order, "status": content["status"]}
    queued = START_REQUESTED if accepted.kind == OrderKind.PORT_OUT else START_WORKFLOW
    start = outbox_row(cipher, queued, order_id, f"{START_WORKFLOW}:{order_id}", wanted, at_real)
    queue(connection, [start])
    queue_messages(connection, cipher, order_id, accepted.messages, at_real)


def keep_follow_up(
    connection: Connection,
    cipher: FieldCipher,
    follow_up: FollowUp,
    *,
    caused_by: str,
    line_hash: str,
    at_legal: datetime,
    at_real: datetime,
) -> None:
    """Accepts the order that follows `caused_by`, on the same line, which it does not hold; nothing happens when it is
    there already.
    """
    if connection.execute(_order_there, {"order_id": follow_up.order_id}).scalar():
        return
    order = follow_up.order
    acceptance = Acceptance(
        order_id=follow_up.order_id,
        kind=follow_up.kind,
        msisdn=str(order["msisdn"]),
        donor=str(order["home"]),
        recipient=str(order["home"]),
        key="",  # nobody asked for it: there is no request to repeat
        fingerprint="",
        accepted_at=at_legal,
        accepted_at_real=at_real,
        order=order,
        status=ACCEPTED,
        events=[TimelineEvent(what="accepted", reason=f"follows {caused_by}")],
        holds_line=False,
    )
    keep_order(connection, cipher, acceptance, line_hash)
