"""What the plan of a termination is made of, and what its last invoice is held against."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contract_ends import ContractEndActivities, OweBack, PlannedTermination, PlanTermination
from activities.recorder import Recorder
from domain.authentication import Authentication, AuthenticationMethod
from domain.clock import LegalClock, real_time
from domain.contracts import Account, LeavingCost
from domain.lines import LineChange
from domain.refusals import RefusalCode
from domain.sims import SimCard
from domain.termination import SettlementOrder, TerminationOrder
from journal import Journal
from parties.care import Line
from parties.clearing_house.registry import RegistryNumber
from parties.clock import ClockReader
from parties.errors import NotConnected, PartyRefused
from tests.support.france import FRANCE, ZONE
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, open_journal, order_id, record
from tests.support.our_line import OLD, a_line
from tests.support.our_systems import systems_of

LENT = Account(deposit=Decimal("50.00"), deposit_item="router", advances=Decimal("12.00"))


@dataclass
class Home:
    """Every party that is asked. An exception in a party's place is raised, an event is waited for."""

    found: Line | None = field(default_factory=a_line)
    imsi: str | Exception | None = OLD.imsi
    account_of: dict[str, Account] = field(default_factory=lambda: {"K-7": LENT})
    registry: str | Exception | asyncio.Event = "DUNE"

    async def line(self, _msisdn: str) -> Line | None:
        return self.found

    async def account(self, contract_id: str) -> Account | None:
        return self.account_of.get(contract_id)

    async def carrier(self, _msisdn: str) -> str | None:
        if isinstance(self.imsi, Exception):
            raise self.imsi
        return self.imsi

    async def number(self, _msisdn: str) -> RegistryNumber:
        if isinstance(self.registry, Exception):
            raise self.registry
        if isinstance(self.registry, asyncio.Event):
            await self.registry.wait()
        holder = str(self.registry)
        return RegistryNumber(number="0639980001", operator="ALIZE", range_holder=holder, network_operator="ALIZE")

    async def read(self) -> LegalClock:
        return real_time(NOW)

    recent = read


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance(1, msisdn=MSISDN))
    yield opened
    opened.close()


@pytest.fixture
def home() -> Home:
    return Home()


@pytest.fixture
def leaving(home: Home, journal: Journal) -> ContractEndActivities:
    clock = cast(ClockReader, home)
    return ContractEndActivities(
        clock,
        systems_of(home, journal),
        FRANCE,
        Recorder(journal, clock),
        registry_patience=0.01,
    )


async def planned(
    leaving: ContractEndActivities, method: AuthenticationMethod = AuthenticationMethod.IN_SHOP, **changed: Any
) -> PlannedTermination:
    values = {
        "order_id": order_id(1),
        "line_hash": "h",
        "msisdn": MSISDN,
        "zone": ZONE,
        "authentication": Authentication(method=method, agent="ada"),
        "home": "ALIZE",
        "accepted_at": NOW,
        "accepted_at_real": REAL,
    }
    request = PlanTermination(order=TerminationOrder(**(values | changed)), entry=entry(1, "planned"))
    return await ActivityEnvironment().run(leaving.plan_termination, request)


async def test_a_plan_comes_with_contract_account_sim_and_range_holder(
    leaving: ContractEndActivities, journal: Journal
) -> None:
    done = await planned(leaving)
    assert done.refusal is None
    assert done.plan is not None
    assert done.plan.cost.due_back == Decimal("62.00")
    assert done.contract is not None
    assert (done.contract.id, done.account, done.range_holder) == ("K-7", LENT, "DUNE")
    assert (done.sim, done.reach.email) == (OLD, "zoe@example.org")
    assert journal.orders.read(order_id(1)).status.stage == "planned"


@pytest.mark.parametrize("found", [None, a_line(state="ended")], ids=["never ours", "ended"])
async def test_a_number_without_an_active_contract_is_refused(
    leaving: ContractEndActivities, home: Home, journal: Journal, found: Line | None
) -> None:
    home.found = found
    done = await planned(leaving)
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.raw_text) == (RefusalCode.NUMBER_INACTIVE, "no active contract with us")
    assert journal.orders.read(order_id(1)).status.stage == "accepted"


async def test_a_day_before_the_notice_allows_is_refused_with_the_way_to_tell_the_holder(
    leaving: ContractEndActivities,
) -> None:
    done = await planned(leaving, requested_date=NOW.date() + timedelta(days=3))
    assert done.refusal is not None
    assert (done.refusal.raw_code, done.reach.email) == ("date_before_notice", "zoe@example.org")


@pytest.mark.parametrize(
    ("imsi", "sim"),
    [("208010000000009", SimCard(iccid="", imsi="208010000000009")), (None, OLD)],
    ids=["another SIM", "no SIM"],
)
async def test_the_hlr_says_which_sim_carries_the_number_and_customer_care_where_none_does(
    leaving: ContractEndActivities, home: Home, imsi: str | None, sim: SimCard
) -> None:
    home.imsi = imsi
    assert (await planned(leaving)).sim == sim


@pytest.mark.parametrize(
    "trouble",
    [
        NotConnected("clearing_house", "number", "no connection"),
        PartyRefused("clearing_house", "number", code="unauthorized", message="refused"),
        asyncio.Event(),
    ],
    ids=["away", "refusing", "hanging"],
)
async def test_nobodys_leaving_depends_on_the_registry(
    leaving: ContractEndActivities, home: Home, trouble: Any
) -> None:
    home.registry = trouble
    done = await planned(leaving)
    assert done.plan is not None
    assert done.range_holder == ""


async def test_a_billing_that_knows_no_account_has_nothing_of_the_holders(
    leaving: ContractEndActivities, home: Home
) -> None:
    home.account_of = {}
    assert (await planned(leaving)).account == Account()


async def test_a_line_that_is_barred_is_sent_no_code(leaving: ContractEndActivities, journal: Journal) -> None:
    asked = (await planned(leaving, AuthenticationMethod.ONE_TIME_CODE)).plan
    assert asked is not None
    assert asked.challenge is not None
    assert asked.challenge.channel == "sms"
    record(journal, entry(1, "barred", line_changes=[LineChange.BARRED]))
    asked = (await planned(leaving, AuthenticationMethod.ONE_TIME_CODE)).plan
    assert asked is not None
    assert asked.challenge is not None
    assert asked.challenge.channel == "email"


async def test_without_the_hlr_there_is_no_plan_yet(leaving: ContractEndActivities, home: Home) -> None:
    home.imsi = NotConnected("hlr", "carrier", "no connection")
    with pytest.raises(ApplicationError) as caught:
        await planned(leaving)
    assert caught.value.type == "NotConnected"


def settlement(**changed: Any) -> SettlementOrder:
    values = {
        "order_id": "st-1",
        "line_hash": "h",
        "msisdn": MSISDN,
        "zone": ZONE,
        "ended_by": "te-1",
        "contract": a_line().contract,
        "account": LENT,
        "cost": LeavingCost(currency="EUR", last_day=date(2026, 5, 13)),
        "effective_at": datetime(2026, 5, 13, 22, tzinfo=UTC),
        "home": "ALIZE",
        "accepted_at": NOW,
        "accepted_at_real": REAL,
    }
    return SettlementOrder(**(values | changed))


async def owed(leaving: ContractEndActivities, **fields: Any) -> dict[str, str]:
    request = OweBack(order=settlement(), now=NOW + timedelta(days=6), **fields)
    return (await ActivityEnvironment().run(leaving.owe_back, request)).amounts


async def test_what_billing_shows_now_is_owed_back_before_what_it_showed_at_the_plan(
    leaving: ContractEndActivities,
) -> None:
    back = NOW + timedelta(days=5)
    assert (await owed(leaving, returned_at=back))["deposit"] == "50.00"
    shown = Account(deposit=Decimal("80.00"), item_returned_at=back)
    assert (await owed(leaving, returned_at=back, account=shown))["deposit"] == "80.00"
