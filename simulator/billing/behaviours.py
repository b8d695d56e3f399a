"""How billing and the customer behave at the end of a contract, as set for a test."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool

from simulator.home.fields import Amount
from simulator.world.clock import iso
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

Error = Literal["charge_after_end", "fee_twice", "fee_too_high", "prorata_wrong", "option_forgotten"]


class BillingBehaviour(BaseModel):
    """Billing makes `errors` on the last invoice and answers a `dispute`. The rest is about the customer.

    The customer paid `deposit` for `deposit_item`, and `advances`. `pays` says whether the last invoice is paid,
    `item_returned` whether the item comes back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    errors: tuple[Error, ...] = ()
    dispute: Literal["credit", "reject", "silent"] = "credit"
    pays: StrictBool = True
    deposit: Amount = "0.00"
    deposit_item: str = ""
    advances: Amount = "0.00"
    item_returned: StrictBool = True


DEFAULT = BillingBehaviour()
_WAITING = {"last_invoices": "issued", "disputes": "open"}


def behaviour_of(world: World, contract_id: str) -> BillingBehaviour:
    """What was set for the contract, else the default."""
    row = world.store.execute("SELECT behaviour FROM billing_accounts WHERE contract_id = ?", (contract_id,)).fetchone()
    return DEFAULT if row is None else BillingBehaviour.model_validate_json(row["behaviour"])


def put(world: World, line: Subscriber, behaviour: BillingBehaviour) -> None:
    """Set it, inside the caller's transaction. A payment or an answer that waited for it is due now."""
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
