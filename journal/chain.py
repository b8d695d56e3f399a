"""The chain that makes an order's events tamper-evident.

Each event's hash covers its clear columns, its sealed body and the hash before it (SHA-256 over canonical JSON). The
clear columns are also the associated data of the sealed body, and the status of the order is sealed together with the
head of the chain: whoever recomputes the hashes after a change still lacks the key that would make the fields open.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from domain.orders import OrderStatus
from journal.cipher import FieldCipher, canonical
from journal.errors import Sealed
from journal.model import ChainReport

GENESIS = "0" * 64


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


def check(order: Row[Any], events: list[Row[Any]], cipher: FieldCipher) -> ChainReport:
    """Recomputes the whole chain of one order (events by seq) and opens every field of it."""

    def broken(seq: int, reason: str) -> ChainReport:
        return ChainReport(order_id=order.order_id, ok=False, events=len(events), broken_at=seq, reason=reason)

    previous = GENESIS
    for expected, row in enumerate(events, start=1):
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
    if order.head_seq != len(events) or order.head_hash != previous:
        return broken(len(events) + 1, "the last events are missing")
    try:
        status = OrderStatus.model_validate_json(cipher.open(order.status_sealed, status_aad(order.order_id, previous)))
    except Sealed:
        return broken(len(events), "the order's status does not belong to its last event")
    clear_columns = ("state", "stage", "needs_attention", "late")
    if any(getattr(order, name) != getattr(status, name) for name in clear_columns):
        return broken(len(events), "the order's clear columns do not fit its status")
    return ChainReport(order_id=order.order_id, ok=True, events=len(events))
