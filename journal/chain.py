"""The chain that makes an order's events tamper-evident.

Each event's hash covers its clear columns, its sealed body and the hash before it (SHA-256 over canonical JSON). The
clear columns are also the associated data of the sealed body, and the status of the order is sealed together with the
head of the chain: whoever recomputes the hashes after a change still lacks the key that would make the fields open.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert

from domain.orders import OrderStatus
from domain.timeline import TimelineCode, TimelineEvent
from journal.cipher import FieldCipher, canonical
from journal.errors import Sealed
from journal.model import ChainReport
from journal.schema import events, to_stored

GENESIS = "0" * 64

ACCEPTED_ENTRY = "accepted"
"""Key of the entry that an acceptance writes."""

_insert = insert(events)
_STATUS_ONLY = TimelineEvent(code=TimelineCode.STATUS_CHANGED, what="")


@dataclass(frozen=True)
class Clear:
    """The clear columns of an event, in the order in which they are hashed."""

    order_id: str
    seq: int
    key: str
    at: int
    at_real: int
    what: str
    state: str
    stage: str

    def bound_to(self, previous: str) -> bytes:
        """The associated data of the event's body."""
        return canonical([*vars(self).values(), previous])

    @classmethod
    def of(cls, row: Row[Any]) -> "Clear":
        return cls(row.order_id, row.seq, row.key, row.at, row.at_real, row.what, row.state, row.stage)


def link(clear: Clear, body_sealed: bytes, previous: str) -> str:
    """The event's hash, 64 hexadecimal characters."""
    return hashlib.sha256(canonical([*vars(clear).values(), b64encode(body_sealed).decode(), previous])).hexdigest()


def status_aad(order_id: str, head_hash: str) -> bytes:
    """Binds an order's status to the last event of its chain."""
    return f"status:{order_id}:{head_hash}".encode()


def _event_key(entry_key: str, position: int) -> str:
    """The key of an entry's event: the first carries the entry's own, which makes a repetition visible."""
    return entry_key if position == 0 else f"{entry_key}#{position}"


def append(
    connection: Connection,
    cipher: FieldCipher,
    *,
    order_id: str,
    entry_key: str,
    status: OrderStatus,
    at: datetime,
    at_real: datetime,
    story: Sequence[TimelineEvent],
    head: tuple[int, str],
) -> tuple[int, str]:
    """Appends an entry's events after `head` (seq, hash) and returns the new head. An entry without events gets one
    that says only that the status changed, so that the chain covers every change.
    """
    seq, previous = head
    rows = []
    for position, event in enumerate(story or [_STATUS_ONLY]):
        seq += 1
        clear = Clear(
            order_id=order_id,
            seq=seq,
            key=_event_key(entry_key, position),
            at=to_stored(at),
            at_real=to_stored(at_real),
            what=event.what,
            state=status.state.value,
            stage=status.stage,
        )
        content = canonical(event.model_dump(mode="json", exclude={"what"}))
        body = cipher.seal(content, clear.bound_to(previous))
        previous = link(clear, body, previous)
        rows.append({**vars(clear), "body_sealed": body, "hash": previous})
    connection.execute(_insert, rows)
    return seq, previous


def check(order: Row[Any], found: list[Row[Any]], cipher: FieldCipher) -> ChainReport:
    """Recomputes the whole chain of one order (its events, by seq) and opens every field of it."""

    def broken(seq: int, reason: str) -> ChainReport:
        return ChainReport(order_id=order.order_id, ok=False, events=len(found), broken_at=seq, reason=reason)

    previous = GENESIS
    for expected, row in enumerate(found, start=1):
        if row.seq != expected:
            return broken(expected, "an event is missing")
        clear = Clear.of(row)
        if link(clear, row.body_sealed, previous) != row.hash:
            return broken(expected, "the event's hash does not fit its content")
        try:
            cipher.open(row.body_sealed, clear.bound_to(previous))
        except Sealed as error:
            return broken(expected, str(error))
        previous = row.hash
    if order.head_seq != len(found) or order.head_hash != previous:
        return broken(len(found) + 1, "the last events are missing")
    try:
        status = OrderStatus.model_validate_json(cipher.open(order.status_sealed, status_aad(order.order_id, previous)))
    except Sealed:
        return broken(len(found), "the order's status does not belong to its last event")
    clear_columns = ("state", "stage", "needs_attention", "late")
    if any(getattr(order, name) != getattr(status, name) for name in clear_columns):
        return broken(len(found), "the order's clear columns do not fit its status")
    return ChainReport(order_id=order.order_id, ok=True, events=len(found))
