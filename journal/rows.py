"""From rows to views."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row

from domain.orders import OrderStatus
from journal.chain import Clear, status_aad
from journal.cipher import FieldCipher, canonical
from journal.model import EventView, OrderView
from journal.schema import from_stored

_BOUND_TO_THE_ORDER = ("order_id", "kind", "line_hash", "donor", "recipient", "accepted_at", "accepted_at_real")


def order_aad(row: Row[Any] | SimpleNamespace) -> bytes:
    """Binds the order as accepted to the clear columns that never change."""
    bound = [getattr(row, name) for name in _BOUND_TO_THE_ORDER]
    return canonical(bound if row.related_to is None else [*bound, row.related_to])


def order_view(row: Row[Any], cipher: FieldCipher) -> OrderView:
    """An order as it stands; raises `Sealed` when it was altered."""
    content = cipher.open_json(row.order_sealed, order_aad(row))
    status = cipher.open(row.status_sealed, status_aad(row.order_id, row.head_hash))
    return OrderView(
        order_id=row.order_id,
        kind=row.kind,
        msisdn=content["msisdn"],
        donor=row.donor,
        recipient=row.recipient,
        related_to=row.related_to,
        status=OrderStatus.model_validate_json(status),
        order=content["order"],
        accepted_at=from_stored(row.accepted_at),
        accepted_at_real=from_stored(row.accepted_at_real),
        updated_at=from_stored(row.updated_at),
        updated_at_real=from_stored(row.updated_at_real),
        last_seq=row.head_seq,
        entry_seq=row.entry_seq,
    )


def event_view(row: Row[Any], previous: str, cipher: FieldCipher) -> EventView:
    """An event, opened with the hash before it; raises `Sealed` when it was altered."""
    body = cipher.open_json(row.body_sealed, Clear.of(row).bound_to(previous))
    return EventView(
        order_id=row.order_id,
        seq=row.seq,
        at=from_stored(row.at),
        at_real=from_stored(row.at_real),
        what=row.what,
        state=row.state,
        stage=row.stage,
        **body,
    )
