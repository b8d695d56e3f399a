"""Writing an entry: the events of an order, its status, its messages, its claim, in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, exists, select, update

from domain.order_kinds import ORDER_KINDS
from domain.orders import FINAL_STATES, JournalEntry, OrderState
from journal.acceptance import accept_follow_up
from journal.chain import append, status_aad
from journal.claims import change_claim, claims_on
from journal.errors import UnknownOrder
from journal.line_facts import change_line, forget_unlocking
from journal.line_news import LineNotifier
from journal.outbox import queue_messages
from journal.quarantines import begin_quarantine, come_home, leave_home
from journal.schema import events, from_stored, lines, orders, to_stored
from journal.slots import free_slot
from journal.store import Store

_entry_there = exists().where(events.c.order_id == bindparam("id"), events.c.key == bindparam("key"))
_life_began_at = select(lines.c.life_began_at).where(lines.c.line_hash == orders.c.line_hash).scalar_subquery()
_head = (
    select(
        orders.c.kind,
        orders.c.state,
        orders.c.line_hash,
        orders.c.accepted_at,
        orders.c.status_sealed,
        orders.c.entry_seq,
        orders.c.head_seq,
        orders.c.head_hash,
        _entry_there.label("is_there"),
        _life_began_at.label("life_began_at"),
    )
    .where(orders.c.order_id == bindparam("id"))
    .with_for_update()
)
_update_order = update(orders).where(orders.c.order_id == bindparam("id"))
_move_head = _update_order.values(
    head_seq=bindparam("new_seq"), head_hash=bindparam("new_hash"), status_sealed=bindparam("new_status")
)
_set_status = _move_head.values(
    state=bindparam("new_state"),
    stage=bindparam("new_stage"),
    needs_attention=bindparam("new_attention"),
    late=bindparam("new_late"),
    updated_at=bindparam("new_at"),
    updated_at_real=bindparam("new_at_real"),
    entry_seq=bindparam("new_entry_seq"),
)
_FINAL = frozenset(state.value for state in FINAL_STATES)


def write_entry(
    connection: Connection, store: Store, entry: JournalEntry, *, at_legal: datetime, at_real: datetime
) -> bool:
    """`Orders.record`, as a part of a transaction."""
    cipher = store.cipher
    head = connection.execute(_head, {"id": entry.order_id, "key": entry.key}).mappings().first()
    if head is None:
        raise UnknownOrder(entry.order_id)
    if head["is_there"]:
        if not entry.seq or not _is_news(entry, head):
            return False
        again = f"{entry.key}@{entry.seq}"
        entry = JournalEntry(
            order_id=entry.order_id, key=again, seq=entry.seq, status=entry.status, preemptible=entry.preemptible
        )
    new_seq, new_hash = append(
        connection,
        cipher,
        order_id=entry.order_id,
        entry_key=entry.key,
        status=entry.status,
        at=at_legal,
        at_real=at_real,
        story=entry.events,
        head=(head["head_seq"], head["head_hash"]),
    )
    values: dict[str, Any] = {"id": entry.order_id, "new_seq": new_seq, "new_hash": new_hash}
    aad = status_aad(entry.order_id, new_hash)
    if _is_news(entry, head):
        values |= {
            "new_status": cipher.seal(entry.status.model_dump_json().encode(), aad),
            "new_state": entry.status.state.value,
            "new_stage": entry.status.stage,
            "new_attention": entry.status.needs_attention,
            "new_late": entry.status.late,
            "new_at": to_stored(at_legal),
            "new_at_real": to_stored(at_real),
            "new_entry_seq": max(entry.seq, head["entry_seq"]),
        }
        connection.execute(_set_status, values)
    else:
        kept = cipher.open(head["status_sealed"], status_aad(entry.order_id, head["head_hash"]))
        values["new_status"] = cipher.seal(kept, aad)
        connection.execute(_move_head, values)
    if head["line_hash"] is not None:
        by, kind = entry.order_id, head["kind"]
        notifier = LineNotifier(connection, cipher, by=by, kind=kind, occasion=entry.key, at_real=at_real)
        _change_line(connection, notifier, entry, head, at_legal)
    messages = entry.messages
    if _is_of_a_former_life(head):
        messages = [each for each in messages if store.index.of(each.to) != head["line_hash"]]
    if entry.status.state.is_final and not entry.contract_ended and not entry.is_note:
        free_slot(connection, entry.order_id)
    if entry.quarantine is not None:
        begin_quarantine(connection, store, entry.quarantine)
    for follow_up in entry.follow_ups:
        accept_follow_up(connection, store, follow_up, caused_by=entry.order_id, at_legal=at_legal, at_real=at_real)
    queue_messages(connection, cipher, entry.order_id, messages, at_real)
    return True


def _change_line(
    connection: Connection, notifier: LineNotifier, entry: JournalEntry, head: RowMapping, at_legal: datetime
) -> None:
    """What the entry changes about the line and who has it."""
    line_hash, accepted_at = head["line_hash"], from_stored(head["accepted_at"])
    changed, former = False, _is_of_a_former_life(head)
    gone = entry.contract_ended and not former
    preemptible = entry.preemptible if entry.seq == 0 or entry.seq > head["entry_seq"] else None
    change_claim(connection, notifier, entry, line_hash, preemptible=preemptible, gone=gone)
    if not former:
        changes = entry.line_changes
        changed = change_line(
            connection, line_hash, changes, order_id=entry.order_id, accepted_at=accepted_at, at=at_legal
        )
    if entry.status.state.is_final and entry.status.state is not OrderState.COMPLETED:
        changed |= forget_unlocking(connection, line_hash, entry.order_id)
    if changed:
        notifier.facts_changed(claims_on(connection, line_hash))
    if _brings_the_number(entry, head):
        come_home(connection, line_hash, accepted_at=accepted_at, at=at_legal)
    if gone:
        leave_home(connection, line_hash, ended_by=entry.order_id, at=at_legal)


def _brings_the_number(entry: JournalEntry, head: RowMapping) -> bool:
    """Whether a port in lets go of a line that is ours by now."""
    return ORDER_KINDS[head["kind"]].brings_number and entry.release_line and entry.status.point_of_no_return


def _is_of_a_former_life(head: RowMapping) -> bool:
    return head["life_began_at"] is not None and head["accepted_at"] < head["life_began_at"]


def _is_news(entry: JournalEntry, head: RowMapping) -> bool:
    if entry.is_note:
        return False
    if entry.seq == 0:
        return head["state"] not in _FINAL
    return bool(entry.seq > head["entry_seq"])
