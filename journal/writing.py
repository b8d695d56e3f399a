"""Appending to an order's events and to the outbox: the steps that several transactions share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from domain.orders import CustomerMessage, OrderStatus, TimelineEvent
from journal.chain import Clear, link
from journal.cipher import FieldCipher, canonical
from journal.schema import events, outbox, to_stored

START_WORKFLOW = "start_workflow"
START_REQUESTED = "start_requested"
"""The same for what other operators ask of us, so that a flood of it has a queue of its own."""

SIGNAL_WORKFLOW = "signal_workflow"
CUSTOMER_MESSAGE = "customer_message"

ACCEPTED_ENTRY = "accepted"
"""Key of the entry that an acceptance writes."""

CHANNELS = ("sms", "email")

_insert_events = insert(events)
_insert_outbox = insert(outbox)
_names_there = select(outbox.c.name).where(outbox.c.name.in_(bindparam("names", expanding=True)))
_STATUS_ONLY = TimelineEvent(what="")


def event_key(entry_key: str, position: int) -> str:
    """The key of an entry's event: the first carries the entry's own, which makes a repetition visible."""
    return entry_key if position == 0 else f"{entry_key}#{position}"


def append_events(
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
            key=event_key(entry_key, position),
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
    connection.execute(_insert_events, rows)
    return seq, previous


def outbox_aad(kind: str, order_id: str) -> bytes:
    """Binds an outbox payload to its order."""
    return f"outbox:{kind}:{order_id}".encode()


def outbox_row(
    cipher: FieldCipher, kind: str, order_id: str, name: str, payload: Any, at_real: datetime
) -> dict[str, Any]:
    """A row of the outbox, due at once; `name` makes it one thing, never queued twice."""
    return {
        "kind": kind,
        "order_id": order_id,
        "name": name,
        "payload_sealed": cipher.seal_json(payload, outbox_aad(kind, order_id)),
        "attempts": 0,
        "due_at_real": to_stored(at_real),
        "last_error": "",
    }


def queue_messages(
    connection: Connection, cipher: FieldCipher, order_id: str, messages: Sequence[CustomerMessage], at_real: datetime
) -> None:
    """Queues what the customer is owed, each message once per order, kind and channel."""
    named = {
        message_name(order_id, message.kind, message.channel): message.model_dump(mode="json") for message in messages
    }
    _queue_once(connection, cipher, CUSTOMER_MESSAGE, order_id, named, at_real)


def message_name(order_id: str, kind: str, channel: str) -> str:
    """What makes a message to the customer one thing."""
    return f"{CUSTOMER_MESSAGE}:{order_id}:{kind}:{channel}"


def queue_signal(
    connection: Connection,
    cipher: FieldCipher,
    order_id: str,
    signal: str,
    message: dict[str, Any],
    occasion: str,
    at_real: datetime,
) -> None:
    """Queues a signal to the order's workflow, once per order, signal and occasion (in clear: no personal data)."""
    name = f"{SIGNAL_WORKFLOW}:{order_id}:{signal}:{occasion}"
    _queue_once(connection, cipher, SIGNAL_WORKFLOW, order_id, {name: {"signal": signal, "message": message}}, at_real)


def _queue_once(
    connection: Connection,
    cipher: FieldCipher,
    kind: str,
    order_id: str,
    named: Mapping[str, dict[str, Any]],
    at_real: datetime,
) -> None:
    if not named:
        return
    there = set(connection.execute(_names_there, {"names": list(named)}).scalars())
    rows = [
        outbox_row(cipher, kind, order_id, name, payload, at_real)
        for name, payload in named.items()
        if name not in there
    ]
    if rows:
        queue(connection, rows)


def queue(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Adds rows to the outbox."""
    connection.execute(_insert_outbox, rows)
