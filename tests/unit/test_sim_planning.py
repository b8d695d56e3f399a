"""What the plan of a SIM replacement is made of, and what refuses it before any rule is asked."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities.recorder import Recorder
from activities.sim_plans import (
    PlanHandsetBlock,
    PlannedSimReplacement,
    PlanSimReplacement,
    SimPlanActivities,
)
from domain.clock import LegalClock, real_time
from domain.lines import LineChange
from domain.refusals import RefusalCode
from domain.sim_replacement import ReplacementReason
from domain.sims import SimCard, SimForm
from journal import Journal
from parties.care import Care, Line
from parties.clock import ClockReader
from parties.equipment import Equipment, Handset
from parties.hlr import Hlr
from tests.support.france import FRANCE
from tests.support.journal_kit import MSISDN, acceptance, entry, open_journal, order_id, record
from tests.support.our_line import OLD, a_line
from tests.support.sim_orders import sim_order

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
IMEI = "490154203237518"


@dataclass
class Home:
    """Every party that is asked. `together`: how many were being asked at the same time."""

    found: Line | None = field(default_factory=a_line)
    imsi: str | None = OLD.imsi
    takes_esim: bool = True
    blocked: bool = False
    asked: list[str] = field(default_factory=list)
    open: int = 0
    together: int = 0

    async def line(self, _msisdn: str) -> Line | None:
        await self._ask("care")
        return self.found

    async def carrier(self, _msisdn: str) -> str | None:
        await self._ask("hlr")
        return self.imsi

    async def handset(self, imei: str) -> Handset:
        await self._ask("equipment")
        return Handset(imei=imei, esim=self.takes_esim, blocked=self.blocked)

    async def read(self) -> LegalClock:
        await self._ask("clock")
        return real_time(NOW)

    async def recent(self) -> LegalClock:
        return real_time(NOW)

    async def _ask(self, party: str) -> None:
        self.asked.append(party)
        self.open += 1
        self.together = max(self.together, self.open)
        await asyncio.sleep(0)
        self.open -= 1


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
def planning(home: Home, journal: Journal) -> SimPlanActivities:
    clock = cast(ClockReader, home)
    return SimPlanActivities(
        clock,
        cast(Care, home),
        cast(Hlr, home),
        cast(Equipment, home),
        journal,
        FRANCE,
        Recorder(journal, clock),
    )


async def planned(planning: SimPlanActivities, **changed: Any) -> PlannedSimReplacement:
    order = sim_order(**changed).model_copy(update={"msisdn": MSISDN})
    request = PlanSimReplacement(order=order, entry=entry(1, "planned"))
    return await ActivityEnvironment().run(planning.plan_sim_replacement, request)


async def test_a_plan_comes_with_the_line_that_it_is_made_for(planning: SimPlanActivities, journal: Journal) -> None:
    done = await planned(planning)
    assert done.refusal is None
    assert done.plan is not None
    assert (done.old_sim, done.contract_id) == (OLD, "K-7")
    assert (done.reach.email, done.reach.language) == ("zoe@example.org", "en")
    assert journal.orders.read(order_id(1)).status.stage == "planned"


async def test_all_parties_are_asked_at_the_same_time(planning: SimPlanActivities, home: Home) -> None:
    await planned(planning, reason=ReplacementReason.UPGRADE, form=SimForm.ESIM, imei=IMEI)
    assert sorted(home.asked) == ["care", "clock", "equipment", "hlr"]
    assert home.together == len(home.asked)


@pytest.mark.parametrize("found", [None, a_line(state="ended")], ids=["never ours", "ended"])
async def test_a_number_without_an_active_line_is_refused(
    planning: SimPlanActivities, home: Home, journal: Journal, found: Line | None
) -> None:
    home.found = found
    done = await planned(planning)
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.raw_text) == (RefusalCode.NUMBER_INACTIVE, "no active line with us")
    assert journal.orders.read(order_id(1)).status.stage == "accepted"


async def test_a_locked_line_is_refused(planning: SimPlanActivities, journal: Journal) -> None:
    record(journal, entry(1, "locked", line_changes=[LineChange.LOCKED]))
    done = await planned(planning)
    assert done.refusal is not None
    assert done.refusal.code is RefusalCode.NUMBER_LOCKED


async def test_a_phone_that_takes_no_esim_refuses_one(planning: SimPlanActivities, home: Home) -> None:
    home.takes_esim = False
    done = await planned(planning, reason=ReplacementReason.UPGRADE, form=SimForm.ESIM, imei=IMEI)
    assert done.refusal is not None
    assert (done.refusal.said_by, done.refusal.raw_code) == ("equipment", "esim_not_supported")


async def test_a_phone_that_somebody_was_robbed_of_gets_no_esim(planning: SimPlanActivities, home: Home) -> None:
    home.blocked = True
    done = await planned(planning, reason=ReplacementReason.UPGRADE, form=SimForm.ESIM, imei=IMEI)
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.raw_code) == (RefusalCode.FRAUD_SUSPECTED, "handset_blocked")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"reason": ReplacementReason.STOLEN, "form": SimForm.ESIM, "imei": IMEI}, id="the stolen phone"),
        pytest.param({"reason": ReplacementReason.UPGRADE, "form": SimForm.PHYSICAL, "imei": IMEI}, id="a card"),
        pytest.param({"reason": ReplacementReason.UPGRADE, "form": SimForm.ESIM}, id="an unknown phone"),
    ],
)
async def test_a_phone_that_the_new_sim_does_not_go_into_is_not_asked_about(
    planning: SimPlanActivities, home: Home, asked: dict[str, Any]
) -> None:
    home.takes_esim = False
    done = await planned(planning, **asked)
    assert "equipment" not in home.asked
    assert done.refusal is None


async def test_the_hlr_says_which_sim_is_the_old_one(planning: SimPlanActivities, home: Home) -> None:
    home.imsi = "208010000000009"
    assert (await planned(planning)).old_sim == SimCard(iccid="", imsi="208010000000009")
    home.imsi = None
    assert (await planned(planning)).old_sim is None


async def test_a_handset_is_blocked_four_jours_ouvres_after_its_declaration(planning: SimPlanActivities) -> None:
    filed = datetime(2026, 6, 18, 9, 0, tzinfo=UTC)  # a Thursday
    request = PlanHandsetBlock(msisdn=MSISDN, accepted_at=NOW, filed_at=filed)
    done = await ActivityEnvironment().run(planning.plan_handset_block, request)
    assert done.due is not None
    assert done.due.date() == date(2026, 6, 24)
    assert done.wait_until is None


async def test_without_a_declaration_one_is_waited_for(planning: SimPlanActivities) -> None:
    request = PlanHandsetBlock(msisdn=MSISDN, accepted_at=NOW)
    done = await ActivityEnvironment().run(planning.plan_handset_block, request)
    assert (done.due, done.wait_until) == (None, NOW + timedelta(days=30))
