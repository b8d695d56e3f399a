"""How billing and a customer behave at the end of a contract, where somebody has said so."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool

from simulator.home.shapes import Amount
from simulator.world.clock import iso
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

Error = Literal["charge_after_end", "fee_twice", "fee_too_high", "prorata_wrong", "option_forgotten"]


class Behaviour(BaseModel):
    """`errors` are billing's on the last invoice, `dispute` is its answer. The rest is the customer's.

    What was lent (`deposit`, for the `deposit_item`) and paid in `advances`, whether the last invoice is paid, and
    whether the item comes back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    errors: tuple[Error, ...] = ()
    dispute: Literal["credit", "reject", "silent"] = "credit"
    pays: StrictBool = True
    deposit: Amount = "0.00"
    deposit_item: str = ""
    advances: Amount = "0.00"
    item_returned: StrictBool = True


USUAL = Behaviour()
_WAITING = {"last_invoices": "issued", "disputes": "open"}


def behaviour_of(world: World, contract_id: str) -> Behaviour:
    """As was set for the contract, else as is usual."""
    row = world.store.execute("SELECT behaviour FROM billing_accounts WHERE contract_id = ?", (contract_id,)).fetchone()
    return USUAL if row is None else Behaviour.model_validate_json(row["behaviour"])


def put(world: World, line: Subscriber, behaviour: Behaviour) -> None:
    """From now on, inside the caller's transaction. What waited for it (a payment, an answer) is due now."""
    world.store.execute(
        "INSERT INTO billing_accounts (contract_id, operator, msisdn, behaviour) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (contract_id) DO UPDATE SET behaviour = excluded.behaviour",
        (line.contract.id, line.operator, line.msisdn, behaviour.model_dump_json()),
    )
    for table, state in _WAITING.items():
        world.store.execute(
            f"UPDATE {table} SET due = ? WHERE contract_id = ? AND state = ? AND due IS NULL",
            (iso(world.clock.legal_now()), line.contract.id, state),
        )
