"""The last invoice as the simulated billing makes it, read by our rules."""

from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from domain.contracts import Account, Contract, InvoiceLine
from rules.france.contract_end import ContractEnds
from rules.france.invoice import check_invoice
from rules.france.leaving_cost import leaving_cost
from simulator.billing.behaviours import Error
from simulator.billing.last_invoice import make
from simulator.world.subscriber import Contract as SimulatedContract

CONTRACTS = st.builds(
    Contract,
    id=st.uuids().map(str),
    signed_on=st.dates(date(2021, 1, 1), date(2026, 1, 1)),
    commitment_months=st.sampled_from([0, 12, 24]),
    monthly_price=st.decimals("1.99", "99.99", places=2),
    handset_subsidy=st.booleans(),
)
FEES = [(Decimal("10.00"), "a new SIM card (F1)"), (Decimal("10.00"), "a new SIM card (F2)")]


def simulated(contract):
    return SimulatedContract(
        id=contract.id,
        signed_on=contract.signed_on.isoformat(),
        commitment_months=contract.commitment_months,
        monthly_price=str(contract.monthly_price),
        handset_subsidy=contract.handset_subsidy,
    )


@given(CONTRACTS, st.integers(0, 900), st.none() | st.sampled_from(list(get_args(Error))))
def test_a_right_invoice_is_accepted_and_every_mistake_of_billing_is_found(contract, days, mistake):
    last_day = contract.signed_on + timedelta(days=days)
    cost, ends = leaving_cost(contract, last_day, Account()), ContractEnds().effective_at(last_day, "+33639980001")
    made = make(simulated(contract), ends, cost.fee, FEES, [mistake] if mistake else [])
    lines = [InvoiceLine.model_validate(line.as_json()) for line in made]
    found = check_invoice(lines, contract=contract, cost=cost, effective_at=ends)
    nothing_to_charge_twice = mistake == "fee_twice" and not cost.fee
    assert bool(found) == (mistake is not None and not nothing_to_charge_twice)
