"""Numbers whose quarantine is over: whom they go back to, and what keeps them."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.failing_parties import MOST_FAILURES
from activities.number_return import NumberKeeper
from activities.quarantine import SIDE_BY_SIDE, QuarantineActivities, ReleasedDue, ReleaseDue
from activities.recorder import Recorder
from domain.clock import LegalClock, real_time
from domain.directory import DEFAULT_DIRECTORY
from domain.termination import Quarantine
from journal import Journal
from parties.care import Care, Line
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.clock import ClockReader
from parties.errors import NotConnected, OutcomeUnknown, PartyRefused, PartyUnavailable
from rules.france.msisdn import national
from tests.support.journal_kit import NOW, acceptance, entry, record
from tests.support.our_line import a_line

DUE = NOW + timedelta(days=45)


def msisdn(number: int) -> str:
    return f"+3363998{number:04d}"


@dataclass
class World:
    """Registry, clearing house, customer care and legal clock. `served`: (operator, range holder, open dossier) of the
    numbers that are not plain ones of our own. `lost`: what becomes of a deactivation: "" arrives and is answered.
    """

    now: Any = DUE
    served: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    registry_away: bool = False
    care_says: str = ""
    care_line: Line | None = None
    lost: str = ""
    pooled: list[tuple[str, str]] = field(default_factory=list)
    deactivated: dict[str, str] = field(default_factory=dict)  # dossier → number, as the registry shows them
    sent: list[str] = field(default_factory=list)  # keys
    asked: int = 0
    looked: int = 0
    open: int = 0
    most_open: int = 0

    async def read(self) -> LegalClock:
        if isinstance(self.now, Exception):
            raise self.now
        return real_time(self.now)

    recent = read

    async def number(self, msisdn: str) -> RegistryNumber:
        self.asked += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        if self.registry_away:
            raise PartyUnavailable("clearing_house", "number", "answer timeout")
        operator, holder, busy = self.served.get(msisdn, ("ALIZE", "ALIZE", False))
        return RegistryNumber(
            number=national(msisdn),
            operator=operator,
            range_holder=holder,
            network_operator=operator,
            open_dossier=busy,
        )

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        self.looked += 1
        if dossier_id not in self.deactivated:
            return None
        return RegistryDossier(dossier_id=dossier_id, status="performed", recipient="DUNE", donor="ALIZE")

    async def deactivation(self, *, dossier_id: str, msisdn: str, key: str, **_fields: Any) -> str:
        if self.lost == "no connection":
            raise NotConnected("clearing_house", "deactivation", "no connection")
        self.sent.append(key)
        if self.lost != "request":
            self.deactivated[dossier_id] = msisdn
            self.served[msisdn] = ("DUNE", "DUNE", False)
        if self.lost:
            raise OutcomeUnknown("clearing_house", "deactivation", "sent, but no usable answer")
        return "T-1"

    async def pool(self, *, reference: str, msisdn: str, key: str) -> None:
        if self.care_says:
            raise PartyRefused("care", "pool", code=self.care_says, message="refused")
        assert reference
        self.pooled.append((msisdn, key))

    async def line(self, _msisdn: str) -> Line | None:
        return self.care_line


@pytest.fixture
def world() -> World:
    return World()


def keeper_of(world: World, journal: Journal) -> QuarantineActivities:
    clock = cast(ClockReader, world)
    keeper = NumberKeeper(
        journal,
        cast(ClearingHouse, world),
        cast(Care, world),
        DEFAULT_DIRECTORY,
        "ALIZE",
        Recorder(journal, clock),
        looks=(0.0,),
    )
    return QuarantineActivities(clock, journal, keeper)


@pytest.fixture
def activities(world: World, journal: Journal) -> QuarantineActivities:
    return keeper_of(world, journal)


def quarantined(journal: Journal, *numbers: int) -> None:
    """Their contracts ended at NOW; each is due a moment after the one before."""
    for number in numbers:
        journal.orders.accept(acceptance(number, kind="termination"))
        begun = Quarantine(
            msisdn=msisdn(number),
            since=NOW,
            portable_until=NOW + timedelta(days=40),
            reassignable_from=DUE - timedelta(seconds=1000 - number),
            contract_id=f"K-{number}",
            range_holder="",
            ended_by=f"te-{number}",
        )
        record(journal, entry(number, "closed", release_line=True, quarantine=begun))


async def release(activities: QuarantineActivities, **asked: int) -> ReleasedDue:
    return await ActivityEnvironment().run(activities.release_due, ReleaseDue(**asked))


def state_of(journal: Journal, number: int) -> str:
    found = journal.quarantines.of(msisdn(number), DUE)
    assert found is not None
    return found.state


async def test_a_number_of_our_own_range_goes_back_to_our_pool_once(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    assert (await release(activities)).pooled == 1
    assert world.pooled == [(msisdn(1), "quarantine:K-1:pool:1")]
    assert state_of(journal, 1) == "released"
    again = await release(activities)
    assert (again.pooled, again.next, len(world.pooled)) == (0, None, 1)


async def test_nothing_is_given_back_before_its_time(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.now = DUE - timedelta(seconds=999, microseconds=1)
    assert (await release(activities)).pooled == 0
    world.now += timedelta(microseconds=1)
    assert (await release(activities)).pooled == 1


async def test_nothing_is_given_back_without_the_legal_clock(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.now = PartyUnavailable("clock", "read", "answer timeout")
    with pytest.raises(ApplicationError):
        await release(activities)
    assert world.pooled == []


async def test_a_number_of_another_range_goes_back_by_deactivation(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("ALIZE", "DUNE", False)
    assert (await release(activities)).returned == 1
    assert list(world.deactivated.values()) == [msisdn(1)]
    assert (state_of(journal, 1), world.pooled) == ("returned", [])


async def test_a_deactivation_whose_reply_is_lost_is_settled_by_the_registry(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("ALIZE", "DUNE", False)
    world.lost = "reply"
    assert (await release(activities)).returned == 1
    assert len(world.sent) == 1


async def test_a_deactivation_that_was_performed_before_its_worker_died_is_not_taken_for_a_port(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    dossier_id = journal.quarantines.open_dossier("K-1", "ALIZE")
    world.deactivated[dossier_id] = msisdn(1)
    world.served[msisdn(1)] = ("DUNE", "DUNE", False)
    assert (await release(activities)).returned == 1
    assert (state_of(journal, 1), world.sent) == ("returned", [])


@pytest.mark.parametrize(("lost", "tries"), [("request", 2), ("no connection", 1)])
async def test_a_deactivation_that_nobody_has_seen_stays_due_and_keeps_its_dossier(
    activities: QuarantineActivities, world: World, journal: Journal, lost: str, tries: int
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("ALIZE", "DUNE", False)
    world.lost = lost
    first = await release(activities)
    assert (first.returned, first.failed, state_of(journal, 1)) == (0, 1, "returning")
    assert (world.looked > 0) is (lost == "request")
    dossier_id = journal.quarantines.open_dossier("K-1", "ALIZE")
    world.lost = ""
    assert (await release(activities)).returned == 1
    assert (list(world.deactivated), len(world.sent), len(set(world.sent))) == ([dossier_id], tries, 1)


async def test_a_deactivation_refused_after_it_was_taken_is_a_message_of_its_own_on_another_day(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("ALIZE", "DUNE", False)
    world.lost = "request"
    await release(activities)
    world.now += timedelta(days=1)
    await release(activities)
    assert len(set(world.sent)) == 2


async def test_a_number_that_another_operator_serves_has_been_ported(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("CIRUS", "ALIZE", False)
    assert (await release(activities)).ported == 1
    assert (state_of(journal, 1), world.pooled, world.sent) == ("ported", [], [])


@pytest.mark.parametrize("holder", ["ALIZE", "DUNE"])
@pytest.mark.parametrize("by", ["a dossier", "an order"])
async def test_a_number_with_something_open_on_it_is_kept_until_that_is_over(
    activities: QuarantineActivities, world: World, journal: Journal, holder: str, by: str
) -> None:
    quarantined(journal, 1)
    world.served[msisdn(1)] = ("ALIZE", holder, by == "a dossier")
    if by == "an order":
        journal.orders.accept(acceptance(2, msisdn=msisdn(1), accepted_at=DUE))
    held = await release(activities)
    assert (held.held, state_of(journal, 1), world.pooled, world.sent) == (1, "quarantine", [], [])
    world.served[msisdn(1)] = ("ALIZE", holder, False)
    if by == "an order":
        record(journal, entry(2, "let go", release_line=True))
    over = await release(activities)
    assert over.pooled + over.returned == 1


@pytest.mark.parametrize(
    ("line", "state"),
    [(a_line(), "released"), (a_line(contract=a_line().contract.model_copy(update={"id": "K-1"})), "quarantine")],
    ids=["of another contract", "of the ended contract"],
)
async def test_a_number_in_use_is_kept_unless_customer_care_has_given_it_a_new_contract(
    activities: QuarantineActivities, world: World, journal: Journal, line: Line, state: str
) -> None:
    quarantined(journal, 1)
    world.care_says, world.care_line = "number_in_use", line
    await release(activities)
    assert state_of(journal, 1) == state


async def test_what_is_held_hides_nothing_behind_it(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1, 2, 3)
    for number in (1, 2):
        world.served[msisdn(number)] = ("ALIZE", "ALIZE", True)
    first = await release(activities, limit=2)
    assert (first.held, first.pooled) == (2, 0)
    assert first.next is not None
    second = await release(activities, limit=2, after=first.next)
    assert (second.pooled, second.next) == (1, None)


async def test_a_party_that_fails_stops_none_of_the_others_numbers(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, 1, 2)
    world.served[msisdn(1)] = ("ALIZE", "DUNE", False)
    world.lost = "no connection"
    done = await release(activities)
    assert (done.failed, done.pooled) == (1, 1)


async def test_a_party_that_hangs_costs_a_page_a_few_timeouts_and_not_one_for_each_number(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, *range(1, 41))
    world.registry_away = True
    assert (await release(activities)).failed == 40
    assert MOST_FAILURES <= world.asked < MOST_FAILURES + SIDE_BY_SIDE
    world.registry_away = False
    assert (await release(activities)).pooled == 40


async def test_numbers_are_given_back_side_by_side_within_bounds(
    activities: QuarantineActivities, world: World, journal: Journal
) -> None:
    quarantined(journal, *range(1, 21))
    await release(activities)
    assert world.most_open == SIDE_BY_SIDE
