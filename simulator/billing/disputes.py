"""Disputes about an invoice: answered two days (legal time) after they were opened, or never.

open ──two days──> credited, with what was asked for, or rejected
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from simulator.billing import invoices
from simulator.billing.behaviours import behaviour_of
from simulator.billing.schema import by_name, by_reference, named, record
from simulator.world.clock import iso
from simulator.world.world import World

TO_ANSWER = timedelta(days=2)


def open_one(
    world: World, invoice: dict[str, Any], reference: str, differences: Sequence[dict[str, str]], key: str
) -> dict[str, Any]:
    """A new dispute, inside the caller's transaction."""
    about = tuple(invoice[name] for name in ("operator", "contract_id", "msisdn", "id"))
    due = iso(world.clock.legal_now() + TO_ANSWER)
    world.store.execute(
        "INSERT INTO disputes (operator, contract_id, msisdn, invoice, reference, differences, state, credited, due) "
        "VALUES (?, ?, ?, ?, ?, ?, 'open', '0.00', ?)",
        (*about, reference, json.dumps(differences), due),
    )
    row = by_reference(world, "disputes", invoice["operator"], reference)
    assert row is not None
    detail = {"invoice_id": invoices.name_of(invoice), "differences": differences}
    record(world, "dispute_opened", row, key=key, dispute_id=name_of(row), **detail)
    return row


def find(world: World, operator: str, dispute_id: str) -> dict[str, Any] | None:
    """The operator's dispute of that name."""
    return by_name(world, "disputes", operator, "D", dispute_id)


def name_of(row: dict[str, Any]) -> str:
    """The dispute's name."""
    return named("D", row["id"])


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """The dispute as the routes show it; `at` is when it was answered."""
    return {"dispute_id": name_of(row), **{name: row[name] for name in ("state", "credited", "at")}}


def advance(world: World, row: dict[str, Any]) -> None:
    """Answer an overdue dispute as the contract's behaviour says, inside the caller's transaction."""
    answer = behaviour_of(world, row["contract_id"]).dispute
    if answer == "silent":
        world.store.execute("UPDATE disputes SET due = NULL WHERE id = ?", (row["id"],))
        return
    about = {"invoice_id": named("I", row["invoice"]), "dispute_id": name_of(row), "at": row["due"]}
    if answer == "reject":
        _answer(world, row, "rejected", "0.00")
        record(world, "dispute_rejected", row, **about)
        return
    asked = sum((Decimal(one["over"]) for one in json.loads(row["differences"])), Decimal("0.00"))
    _answer(world, row, "credited", str(asked))
    record(world, "credit_note_issued", row, **about, amount=str(asked))


def _answer(world: World, row: dict[str, Any], state: str, credited: str) -> None:
    world.store.execute(
        "UPDATE disputes SET state = ?, credited = ?, at = ?, due = NULL WHERE id = ?",
        (state, credited, row["due"], row["id"]),
    )
