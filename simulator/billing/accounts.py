"""Customer accounts: deposit, advances, and the return of the item that the deposit is for.

contract ended ──three days, unless the customer keeps it──> item returned
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.billing.behaviours import behaviour_of
from simulator.billing.schema import record
from simulator.world.clock import iso
from simulator.world.subscriber import ENDED, Subscriber
from simulator.world.world import World

TO_RETURN = timedelta(days=3)


def account(world: World, contract_id: str) -> dict[str, Any]:
    """The account as the routes show it. Refunds do not change it."""
    behaviour = behaviour_of(world, contract_id)
    row = world.store.execute(
        "SELECT item_returned_at FROM billing_accounts WHERE contract_id = ?", (contract_id,)
    ).fetchone()
    return {
        "deposit": behaviour.deposit,
        "deposit_item": behaviour.deposit_item,
        "item_returned_at": None if row is None else row["item_returned_at"],
        "advances": behaviour.advances,
    }


def await_item(world: World, line: Subscriber, not_before: datetime | None = None) -> None:
    """Plan the return of the deposit item of an ended contract, if it has one."""
    if line.state != ENDED or line.ended_at is None or not _has_item(world, line.contract.id):
        return
    due = max(filter(None, (line.ended_at + TO_RETURN, not_before)))
    world.store.execute(
        "UPDATE billing_accounts SET due = ? WHERE contract_id = ? AND due IS NULL AND item_returned_at IS NULL",
        (iso(due), line.contract.id),
    )


def advance(world: World, row: dict[str, Any]) -> None:
    """The item comes back, or the customer keeps it, inside the caller's transaction."""
    returned = behaviour_of(world, row["contract_id"]).item_returned
    world.store.execute(
        "UPDATE billing_accounts SET due = NULL, item_returned_at = ? WHERE contract_id = ?",
        (row["due"] if returned else None, row["contract_id"]),
    )
    if returned:
        record(world, "item_returned", row, at=row["due"])


def _has_item(world: World, contract_id: str) -> bool:
    behaviour = behaviour_of(world, contract_id)
    return bool(behaviour.deposit_item) and Decimal(behaviour.deposit) > 0
