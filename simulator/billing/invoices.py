"""Last invoices, in legal time.

    pending ──two days──> issued ──three days, if the customer pays──> paid

A change that was due while the service was away is stored with the instant at which it was due.
"""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.billing.behaviours import behaviour_of
from simulator.billing.last_invoice import make
from simulator.billing.schema import by_name, by_reference, named, record
from simulator.world.clock import iso, parse_iso
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

TO_ISSUE = timedelta(days=2)
TO_PAY = timedelta(days=3)


def request(
    world: World, line: Subscriber, reference: str, effective_at: datetime, leaving_fee: str, key: str
) -> dict[str, Any]:
    """A new invoice, inside the caller's transaction."""
    expected = iso(world.clock.legal_now() + TO_ISSUE)
    world.store.execute(
        "INSERT INTO last_invoices (operator, reference, contract_id, msisdn, effective_at, leaving_fee, expected_at, "
        "state, lines, total, due) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', '[]', '0.00', ?)",
        (line.operator, reference, line.contract.id, line.msisdn, iso(effective_at), leaving_fee, expected, expected),
    )
    row = by_reference(world, "last_invoices", line.operator, reference)
    assert row is not None
    about = {name: row[name] for name in ("effective_at", "leaving_fee", "expected_at")}
    record(world, "final_invoice_requested", row, key=key, invoice_id=name_of(row), **about)
    return row


def of_contract(world: World, contract_id: str) -> dict[str, Any] | None:
    """The contract's last invoice."""
    row = world.store.execute("SELECT * FROM last_invoices WHERE contract_id = ?", (contract_id,)).fetchone()
    return None if row is None else dict(row)


def find(world: World, operator: str, invoice_id: str) -> dict[str, Any] | None:
    """The operator's invoice of that name."""
    return by_name(world, "last_invoices", operator, "I", invoice_id)


def name_of(row: dict[str, Any]) -> str:
    """The invoice's name."""
    return named("I", row["id"])


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """The invoice as the routes show it; lines and total come with its issue."""
    shown = {name: row[name] for name in ("state", "issued_at", "paid_at", "total")}
    return {"invoice_id": name_of(row), **shown, "lines": json.loads(row["lines"])}


def advance(world: World, row: dict[str, Any]) -> None:
    """Make the next change of an overdue invoice, inside the caller's transaction."""
    if row["state"] == "pending":
        _issue(world, row)
    elif behaviour_of(world, row["contract_id"]).pays:
        _pay(world, row)
    else:
        world.store.execute("UPDATE last_invoices SET due = NULL WHERE id = ?", (row["id"],))


def _issue(world: World, row: dict[str, Any]) -> None:
    line = world.subscribers.contract(row["contract_id"])
    assert line is not None
    made = make(
        line.contract,
        parse_iso(row["effective_at"]),
        Decimal(row["leaving_fee"]),
        _take_open_fees(world, row["contract_id"]),
        behaviour_of(world, row["contract_id"]).errors,
    )
    lines = [one.as_json() for one in made]
    total = str(sum((one.amount for one in made), Decimal("0.00")))
    world.store.execute(
        "UPDATE last_invoices SET state = 'issued', issued_at = ?, lines = ?, total = ?, due = ? WHERE id = ?",
        (row["due"], json.dumps(lines), total, iso(parse_iso(row["due"]) + TO_PAY), row["id"]),
    )
    record(world, "invoice_issued", row, invoice_id=name_of(row), issued_at=row["due"], total=total, lines=lines)


def _pay(world: World, row: dict[str, Any]) -> None:
    credited = world.store.execute(
        "SELECT credited FROM disputes WHERE invoice = ? AND at <= ?", (row["id"], row["due"])
    )
    amount = str(Decimal(row["total"]) - sum(Decimal(one["credited"]) for one in credited))
    world.store.execute(
        "UPDATE last_invoices SET state = 'paid', paid_at = ?, due = NULL WHERE id = ?", (row["due"], row["id"])
    )
    record(world, "invoice_paid", row, invoice_id=name_of(row), paid_at=row["due"], amount=amount)


def _take_open_fees(world: World, contract_id: str) -> list[tuple[Decimal, str]]:
    """Amount and text of each fee that was on no invoice yet, for the one that is being made."""
    rows = world.store.execute(
        "SELECT fee, amount, reason FROM open_fees JOIN fees ON fees.id = open_fees.fee "
        "WHERE contract_id = ? ORDER BY fee",
        (contract_id,),
    ).fetchall()
    world.store.execute("DELETE FROM open_fees WHERE contract_id = ?", (contract_id,))
    return [(Decimal(row["amount"]), f"{row['reason']} ({named('F', row['fee'])})") for row in rows]
