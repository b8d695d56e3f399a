"""Acceptance: the one transaction after which an order is ours, whatever else is down."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select

from domain.order_kinds import ORDER_KINDS
from domain.orders import ACCEPTED, OrderStatus
from domain.termination import FollowUp
from domain.timeline import TimelineCode, TimelineEvent, accepted_event
from journal.chain import ACCEPTED_ENTRY, GENESIS, append, status_aad
from journal.claims import add_claim, claims_on
from journal.dossiers import add_to_dossier
from journal.errors import IdempotencyKeyReused, LineLocked, UnknownOrder
from journal.line_facts import change_line, facts_of
from journal.line_news import LineNotifier
from journal.model import Acceptance, AcceptedOrder
from journal.outbox import START_REQUESTED, START_WORKFLOW, queue_messages, queue_start
from journal.rows import order_aad
from journal.schema import from_stored, idempotency, orders, to_stored
from journal.store import Store

_remembered = select(idempotency.c.order_id, idempotency.c.fingerprint_hash).where(
    idempotency.c.key_hash == bindparam("key_hash")
)
_order_by_id = select(orders).where(orders.c.order_id == bindparam("order_id"))
_order_there = select(exists().where(orders.c.order_id == bindparam("order_id")))
_insert_key = insert(idempotency)
_insert_order = insert(orders)


def accept(connection: Connection, store: Store, acceptance: Acceptance) -> AcceptedOrder:
    """Writes one order with everything that belongs to it, or finds what its key stands for. Raises as
    `Orders.accept` does.
    """
    known = find(connection, store, acceptance.key, acceptance.fingerprint)
    if known is not None:
        return known
    # Before the line: of one request that comes twice at once the second waits here, and is told of the first.
    connection.execute(
        _insert_key,
        {
            "key_hash": _key_hash(store, acceptance.key),
            "fingerprint_hash": _fingerprint_hash(store, acceptance.fingerprint),
            "order_id": acceptance.order_id,
            "at_real": to_stored(acceptance.accepted_at_real),
        },
    )
    line_hash = _line_hash(store, acceptance)
    if line_hash is not None and ORDER_KINDS[acceptance.kind].holds_line:
        notifier = LineNotifier.of_acceptance(connection, store.cipher, acceptance)
        add_claim(connection, notifier, acceptance, line_hash)
    if line_hash is not None and acceptance.refuses_locked:
        _must_be_unlocked(connection, line_hash)
    _write_order(connection, store, acceptance)
    return AcceptedOrder(
        **{name: getattr(acceptance, name) for name in AcceptedOrder.model_fields if name != "replayed"}
    )


def find(connection: Connection, store: Store, key: str, fingerprint: str) -> AcceptedOrder | None:
    """The acceptance that a key stands for, None for a new key; raises `IdempotencyKeyReused`."""
    known = connection.execute(_remembered, {"key_hash": _key_hash(store, key)}).first()
    if known is None:
        return None
    if known.fingerprint_hash != _fingerprint_hash(store, fingerprint):
        raise IdempotencyKeyReused
    row = connection.execute(_order_by_id, {"order_id": known.order_id}).first()
    if row is None:
        raise UnknownOrder(known.order_id)
    content = store.cipher.open_json(row.order_sealed, order_aad(row))
    return AcceptedOrder(
        order_id=row.order_id,
        kind=row.kind,
        donor=row.donor,
        recipient=row.recipient,
        related_to=row.related_to,
        accepted_at=from_stored(row.accepted_at),
        accepted_at_real=from_stored(row.accepted_at_real),
        order=content["order"],
        status=OrderStatus.model_validate(content["status"]),
        events=[TimelineEvent.model_validate({"code": TimelineCode.ACCEPTED} | event) for event in content["events"]],
        replayed=True,
    )


def accept_follow_up(
    connection: Connection, store: Store, follow_up: FollowUp, *, caused_by: str, at_legal: datetime, at_real: datetime
) -> None:
    """Accepts the order that follows `caused_by`, on the same line, which it does not hold. Nothing happens when it is
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
        related_to=caused_by,
        key="",  # nobody asked for it: there is no request to repeat
        fingerprint="",
        accepted_at=at_legal,
        accepted_at_real=at_real,
        order=order,
        status=ACCEPTED,
        events=[accepted_event(reason=f"follows {caused_by}")],
    )
    _write_order(connection, store, acceptance)


def _write_order(connection: Connection, store: Store, accepted: Acceptance) -> None:
    """The order, what it changes about the line, its first events, its messages and its start."""
    cipher, line_hash = store.cipher, _line_hash(store, accepted)
    order_id, status, at_real = accepted.order_id, accepted.status, accepted.accepted_at_real
    head_seq, head_hash = append(
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
        "related_to": accepted.related_to,
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
        add_to_dossier(connection, accepted.dossier_id, order_id)
    if line_hash is not None:
        _change_line(connection, store, accepted, line_hash)
    wanted = {"kind": accepted.kind, "order": accepted.order, "status": content["status"]}
    queue = START_REQUESTED if ORDER_KINDS[accepted.kind].asked_by_operators else START_WORKFLOW
    queue_start(connection, cipher, queue, order_id, wanted, at_real)
    queue_messages(connection, cipher, order_id, accepted.messages, at_real)


def _change_line(connection: Connection, store: Store, accepted: Acceptance, line_hash: str) -> None:
    changed = change_line(
        connection,
        line_hash,
        accepted.line_changes,
        order_id=accepted.order_id,
        accepted_at=accepted.accepted_at,
        at=accepted.accepted_at,
        unlocks_at=accepted.unlocks_at,
    )
    if changed:
        notifier = LineNotifier.of_acceptance(connection, store.cipher, accepted)
        notifier.facts_changed(claims_on(connection, line_hash))


def _must_be_unlocked(connection: Connection, line_hash: str) -> None:
    facts = facts_of(connection, line_hash)
    if facts.locked_since is not None:
        raise LineLocked(facts.locked_since, facts.unlocks_at)


def _line_hash(store: Store, accepted: Acceptance) -> str | None:
    return None if accepted.msisdn is None else store.index.of(accepted.msisdn)


def _key_hash(store: Store, key: str) -> str:
    return store.index.of_text("idempotency key", key)


def _fingerprint_hash(store: Store, fingerprint: str) -> str:
    return store.index.of_text("fingerprint", fingerprint)
