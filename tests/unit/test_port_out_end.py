"""What a number that has been ported out leaves behind."""

from datetime import datetime
from decimal import Decimal

import pytest
from temporalio.testing import ActivityEnvironment

from activities.port_out_end import FindWhatLeft, PlanEnd, PlannedEnd, WhatLeft
from domain.contracts import Account, Contract
from domain.port_out import PortPerformed
from domain.sims import SimCard
from journal import Journal
from parties.care import Line
from rules.france.contract_end import ContractEnds
from tests.support.donor_home import DonorHome, port_out
from tests.support.journal_kit import MSISDN, NOW, acceptance
from tests.support.our_line import OLD, a_line

NEW = SimCard(iccid="8933010000000000010", imsi="208010000000002")
PERFORMED = PortPerformed(at=NOW)


@pytest.fixture
def home() -> DonorHome:
    return DonorHome(operator="BOREA")


async def left(home: DonorHome, journal: Journal, *, known: SimCard | None = OLD, made_up: bool = False) -> WhatLeft:
    request = FindWhatLeft(
        order=port_out(performed=PERFORMED if made_up else None), contract_id="" if made_up else "K-7", known=known
    )
    return await ActivityEnvironment().run(home.end_activities(journal).find_what_left, request)


@pytest.mark.parametrize(
    ("carrier", "line", "known", "sim"),
    [
        (OLD.imsi, a_line(), OLD, OLD),
        (NEW.imsi, a_line(iccid=NEW.iccid, imsi=NEW.imsi), OLD, NEW),  # replaced since
        (NEW.imsi, a_line(), OLD, SimCard(iccid="", imsi=NEW.imsi)),  # care does not know yet
        (OLD.imsi, None, OLD, OLD),
        (None, a_line(), OLD, OLD),  # down already, or for the first time
        (None, a_line(), None, None),
    ],
    ids=["unchanged", "replaced", "being replaced", "care knows nothing", "down", "never known"],
)
async def test_the_sim_that_the_contract_holds_now_is_left(
    home: DonorHome, journal: Journal, carrier: str | None, line: Line | None, known: SimCard | None, sim: SimCard
):
    home.imsi, home.found = carrier, line
    found = await left(home, journal, known=known)
    assert (found.sim, found.contract_id, found.came_back) == (sim, "K-7", False)


async def test_of_a_number_that_is_ours_again_only_the_sim_that_was_known_is_left(home: DonorHome, journal: Journal):
    home.operator, home.imsi = "ALIZE", NEW.imsi
    home.found = a_line(iccid=NEW.iccid, imsi=NEW.imsi, contract=a_line().contract.model_copy(update={"id": "K-8"}))
    found = await left(home, journal)
    assert (found.sim, found.contract_id, found.came_back) == (OLD, "K-7", True)
    assert await left(home, journal, known=None, made_up=True) == WhatLeft(came_back=True)


async def test_a_port_in_that_is_under_way_keeps_its_sim(home: DonorHome, journal: Journal):
    journal.orders.accept(acceptance(1, msisdn=MSISDN))
    home.imsi = NEW.imsi
    assert (await left(home, journal)).sim == OLD
    assert (await left(home, journal, known=None, made_up=True)).sim is None


@pytest.mark.parametrize(
    ("line", "contract_id"), [(a_line(), "K-7"), (a_line(state="ended"), ""), (None, "")], ids=["runs", "ended", "none"]
)
async def test_the_contract_of_a_number_that_left_unheard_is_the_one_that_care_has_running(
    home: DonorHome, journal: Journal, line: Line | None, contract_id: str
):
    home.found = line
    found = await left(home, journal, known=None, made_up=True)
    assert found.contract_id == contract_id
    assert found.reach.email == ("zoe@example.org" if contract_id else None)


async def planned(home: DonorHome, journal: Journal, contract_id: str = "K-7", at: datetime = NOW) -> PlannedEnd:
    request = PlanEnd(order_id="po-1", msisdn=MSISDN, contract_id=contract_id, effective_at=at)
    return await ActivityEnvironment().run(home.end_activities(journal).plan_end, request)


@pytest.mark.parametrize(
    ("at", "last_day"), [("2026-05-18T09:00:00+02:00", "2026-05-18"), ("2026-05-18T00:00:00+02:00", "2026-05-17")]
)
async def test_the_end_costs_what_leaving_on_the_day_of_the_port_costs(
    home: DonorHome, journal: Journal, at: str, last_day: str
):
    contract = Contract(id="K-7", signed_on=NOW.date(), commitment_months=12, monthly_price=Decimal("20.00"))
    home.found = a_line(contract=contract)
    home.account_of["K-7"] = Account(advances=Decimal("12.00"))
    done = await planned(home, journal, at=datetime.fromisoformat(at))
    assert done.cost is not None
    assert (done.contract, done.sim, done.reach.email) == (contract, OLD, "zoe@example.org")
    assert (done.cost.last_day.isoformat(), done.cost.fee, done.cost.due_back) == (
        last_day, Decimal("220.00"), Decimal("12.00"),
    )  # fmt: skip
    assert done.patience == ContractEnds().patience


@pytest.mark.parametrize(
    ("line", "contract_id"), [(None, "K-7"), (a_line(state="ended"), "K-7"), (a_line(state="ended"), "K-6")],
    ids=["unknown", "ended", "another that has ended"],
)  # fmt: skip
async def test_a_contract_that_is_over_is_not_ended_again(
    home: DonorHome, journal: Journal, line: Line | None, contract_id: str
):
    home.found = line
    assert await planned(home, journal, contract_id) == PlannedEnd()


async def test_a_contract_that_took_the_place_of_the_agreed_one_ends_and_that_of_a_holder_who_came_back_does_not(
    home: DonorHome, journal: Journal
):
    home.found = renewed = a_line()
    assert (await planned(home, journal, "K-6")).contract == renewed.contract
    agreed = renewed.contract.model_copy(update={"id": "K-6"})
    back = renewed.contract.model_copy(update={"signed_on": NOW.date()})
    home.found = renewed.model_copy(update={"contract": back})
    request = PlanEnd(order_id="po-1", msisdn=MSISDN, contract_id="K-6", effective_at=NOW, known=agreed)
    done = await ActivityEnvironment().run(home.end_activities(journal).plan_end, request)
    assert (done.contract, done.sim) == (agreed, None)
    assert (await planned(home, journal, "K-6")).contract is None
