"""The money of ended contracts, spoken of by our clients with the real simulator, in a world where days are short."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.billing import BillingActivities, LookAtMoney, MoneySeen
from domain.contracts import Account, Contract
from parties.billing import RequestedInvoice
from parties.errors import PartyRefused
from rules.france.calendar import local_date
from rules.france.contract_end import ContractEnds
from rules.france.invoice import check_invoice
from rules.france.leaving_cost import leaving_cost
from rules.france.numbering import Territory
from tests.support.parties_world import PATIENCE, World, open_world
from tests.support.simulator_process import SimulatorProcess

PACE = 500_000
"""Legal seconds in a real one: an invoice is issued after a third of a second and paid after one."""

PARIS = Territory.METROPOLE


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    service = SimulatorProcess(state_dir=tmp_path_factory.mktemp("billing"), pace=PACE)
    service.start()
    yield service
    service.end()


@pytest.fixture
async def world(fast: SimulatorProcess) -> AsyncIterator[World]:
    async with open_world(fast.base_url, fast.hlr_port, fast.state_dir) as world:
        yield world


async def contract_of(world: World, **behaviour: Any) -> tuple[str, Contract]:
    """A line whose billing behaves so, with a commitment that costs something to leave."""
    msisdn = (await world.line("ALIZE")).msisdn
    signed = local_date((await world.clock.read()).legal, PARIS) - timedelta(days=400)
    terms = {"signed_on": signed.isoformat(), "commitment_months": 24, "handset_subsidy": True}
    (await world.admin.put(f"/admin/contracts/{msisdn}", json=terms)).raise_for_status()
    (await world.admin.put(f"/admin/billing/{msisdn}", json=behaviour)).raise_for_status()
    line = await world.care.line(msisdn)
    assert line is not None
    return msisdn, line.contract


async def end(world: World, msisdn: str, contract_id: str, at: datetime, key: str) -> datetime:
    ended = await world.billing.end(
        reference=key, msisdn=msisdn, contract_id=contract_id, effective_at=at, reason="terminated", key=key
    )
    return ended.ended_at


async def seen(world: World, contract_id: str, invoice: RequestedInvoice, state: str, dispute: str = "") -> MoneySeen:
    """What a look shows once the invoice, or else its dispute, is in this state."""
    activities = BillingActivities(world.billing, world.clock)
    request = LookAtMoney(contract_id=contract_id, invoice_id=invoice.invoice_id, dispute_id=dispute)
    async with asyncio.timeout(PATIENCE):
        while True:
            money = await ActivityEnvironment().run(activities.look, request)
            if (money.dispute if dispute else money.invoice.state) == state:
                return money
            await asyncio.sleep(0.05)


async def test_a_contract_ends_once_and_only_its_own(world: World) -> None:
    (msisdn, contract), (_, other) = await contract_of(world), await contract_of(world)
    today = local_date((await world.clock.read()).legal, PARIS)
    order, at = world.new_reference("te"), ContractEnds().effective_at(today, msisdn)
    assert await end(world, msisdn, contract.id, at, f"{order}:1") == at
    assert await end(world, msisdn, contract.id, at + timedelta(days=1), f"{order}:2") == at
    line = await world.care.line(msisdn)
    assert line is not None
    assert line.state == "ended"
    for number, contract_id, code in ((msisdn, other.id, "contract_differs"), ("+33700000000", "K", "unknown_line")):
        with pytest.raises(PartyRefused) as caught:
            await end(world, number, contract_id, at, world.new_reference("k"))
        assert caught.value.code == code


async def test_what_billing_never_had_is_none(world: World) -> None:
    assert await world.billing.account("K-0") is None
    assert await world.billing.invoice("I-0") is None
    assert await world.billing.dispute_state("D-0") is None


async def asked_for(world: World, **behaviour: Any) -> tuple[Contract, RequestedInvoice, Any]:
    """The last invoice of a contract that ended yesterday, and what the rules say of an invoice's lines."""
    msisdn, contract = await contract_of(world, **behaviour)
    day = local_date((await world.clock.read()).legal, PARIS) - timedelta(days=1)
    at, cost = ContractEnds().effective_at(day, msisdn), leaving_cost(contract, day, Account())
    assert cost.fee > 0
    order = world.new_reference("te")
    await end(world, msisdn, contract.id, at, f"{order}:end:1")
    invoice = await world.billing.final_invoice(
        reference=order, contract_id=contract.id, effective_at=at, leaving_fee=cost.fee, key=f"{order}:invoice:1"
    )

    def differences(money: MoneySeen) -> Any:
        return check_invoice(money.lines, contract=contract, cost=cost, effective_at=at)

    return contract, invoice, differences


async def test_a_right_invoice_is_found_right_and_what_was_lent_comes_back_once(world: World) -> None:
    lent = {"deposit": "50.00", "deposit_item": "router", "advances": "12.50"}
    contract, invoice, differences = await asked_for(world, **lent)
    money = await seen(world, contract.id, invoice, "paid")
    assert differences(money) == []
    assert money.invoice.total == sum(line.amount for line in money.lines)
    issued, paid = money.invoice.issued_at, money.invoice.paid_at
    assert issued is not None
    assert paid is not None
    assert issued == invoice.expected_at
    assert issued < paid
    assert (money.account.deposit, money.account.deposit_item) == (Decimal("50.00"), "router")
    assert money.account.advances == Decimal("12.50")
    returned = money.account.item_returned_at
    assert returned is not None
    assert returned <= money.clock.legal
    reference = world.new_reference("st")

    async def refund(amount: str, key: str) -> str:
        back = await world.billing.refund(
            reference=reference, contract_id=contract.id, kind="deposit", amount=Decimal(amount), key=key
        )
        return back.refund_id

    assert len({await refund("50.00", f"{reference}:{number}") for number in (1, 1, 2)}) == 1
    with pytest.raises(PartyRefused) as caught:
        await refund("60.00", f"{reference}:3")
    assert caught.value.code == "refund_exists"


ERRORS = ("charge_after_end", "fee_twice", "fee_too_high", "prorata_wrong", "option_forgotten")


async def test_every_mistake_of_billing_is_found_disputed_and_credited(world: World) -> None:
    async def follow(error: str) -> str:
        contract, invoice, differences = await asked_for(world, errors=[error])
        found = differences(await seen(world, contract.id, invoice, "issued"))
        over = sum((each.over for each in found), Decimal("0.00"))
        assert over > 0, error
        key = world.new_reference("st")
        opened = await world.billing.dispute(
            reference=key, invoice_id=invoice.invoice_id, differences=found, key=f"{key}:1"
        )
        credited = await seen(world, contract.id, invoice, "credited", opened.dispute_id)
        assert credited.credited == over, error
        return error

    assert await asyncio.gather(*map(follow, ERRORS)) == list(ERRORS)


async def test_a_rejected_dispute_is_followed_by_another(world: World) -> None:
    contract, invoice, differences = await asked_for(world, errors=["option_forgotten"], dispute="reject")
    found = differences(await seen(world, contract.id, invoice, "issued"))
    names = []
    for number in (1, 2):
        key = f"{invoice.invoice_id}:dispute-{number}:1"
        opened = await world.billing.dispute(reference=key, invoice_id=invoice.invoice_id, differences=found, key=key)
        await seen(world, contract.id, invoice, "rejected", opened.dispute_id)
        names.append(opened.dispute_id)
    assert len(set(names)) == 2
