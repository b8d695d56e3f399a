"""Numbers whose quarantine is over, given back to the real simulator by the activity that the worker runs."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.number_return import NumberKeeper
from activities.quarantine import QuarantineActivities, ReleasedDue, ReleaseDue
from activities.recorder import Recorder
from domain.directory import DEFAULT_DIRECTORY
from domain.termination import Quarantine
from journal import Journal
from tests.support.journal_kit import acceptance, entry, record
from tests.support.parties_world import ALIZE, EOLE, SomeLine, World, open_world


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


async def quarantined(world: World, journal: Journal, line: SomeLine, *, ended: bool = True) -> None:
    """The line's contract ended 45 days ago, as the journal has it; `ended`: as HLR and customer care have it, too."""
    now = (await world.clock.read()).legal
    since = now - timedelta(days=45)
    known = await world.care.line(line.msisdn)
    assert known is not None
    if ended:
        await world.hlr.forget(known.imsi, line.msisdn)
        await world.billing.end(
            reference="te-1",
            msisdn=line.msisdn,
            contract_id=known.contract.id,
            effective_at=since,
            reason="terminated",
            key=world.new_reference("end"),
        )
    begun = Quarantine(
        msisdn=line.msisdn,
        since=since,
        portable_until=since + timedelta(days=40),
        reassignable_from=now,
        contract_id=known.contract.id,
        range_holder="",
        ended_by="te-1",
    )
    journal.orders.accept(acceptance(1, msisdn=line.msisdn))
    record(journal, entry(1, "closed", release_line=True, quarantine=begun))


async def release(world: World, journal: Journal) -> ReleasedDue:
    recorder = Recorder(journal, world.clock)
    keeper = NumberKeeper(journal, world.house, world.care, DEFAULT_DIRECTORY, "ALIZE", recorder, looks=(0.1, 0.4))
    activities = QuarantineActivities(world.clock, journal, keeper)
    return await ActivityEnvironment().run(activities.release_due, ReleaseDue())


async def state_of(world: World, journal: Journal, line: SomeLine) -> str:
    found = journal.quarantines.of(line.msisdn, (await world.clock.read()).legal)
    assert found is not None
    return found.state


async def test_a_number_of_our_range_can_be_given_to_a_new_line(world: World, journal: Journal) -> None:
    line = await world.line("ALIZE")
    await quarantined(world, journal, line)
    assert (await release(world, journal)).pooled == 1
    given = {"msisdn": line.msisdn, "holder": {"kind": "consumer", "name": "Léa Roux"}}
    assert (await world.admin.post("/admin/lines/ALIZE", json=given)).status_code == 201
    assert await state_of(world, journal, line) == "released"


async def test_a_number_whose_contract_care_has_not_ended_is_kept(world: World, journal: Journal) -> None:
    line = await world.line("ALIZE")
    await quarantined(world, journal, line, ended=False)
    done = await release(world, journal)
    assert (done.pooled, done.held) == (0, 1)


@pytest.mark.parametrize("kind", ["", "reply_lost", "500", "reset"])
async def test_a_number_of_another_range_returns_to_its_holder_whatever_becomes_of_the_reply(
    world: World, journal: Journal, kind: str
) -> None:
    line = await world.foreign_line()
    before = await world.house.number(line.msisdn)
    assert before is not None
    await quarantined(world, journal, line)
    if kind:
        await world.fault("clearing_house", kind, call="deactivation", count=1)
    done = await release(world, journal)
    if done.failed:
        done = await release(world, journal)
    assert (done.returned, done.failed) == (1, 0)
    after = await world.house.number(line.msisdn)
    assert after is not None
    assert (before.operator, after.operator) == ("ALIZE", before.range_holder)
    assert await state_of(world, journal, line) == "returned"
    dossier = await world.house.dossier(journal.quarantines.open_dossier(await contract_of(world, line), "ALIZE"))
    assert dossier is not None
    assert [message.type for message in dossier.messages] == ["deactivation"]


async def contract_of(world: World, line: SomeLine) -> str:
    known = await world.care.line(line.msisdn)
    assert known is not None
    return known.contract.id


async def test_a_number_that_is_being_ported_is_kept_until_the_dossier_is_closed(
    world: World, journal: Journal
) -> None:
    line = await world.line("ALIZE")
    await quarantined(world, journal, line)
    dossier = await world.request_from_eole(line)
    assert (await release(world, journal)).held == 1
    sent_at = (await world.clock.read()).legal
    await world.eole_house.cancel(
        dossier_id=dossier, donor=ALIZE, home=EOLE, note="", key=f"{dossier}:cancel", sent_at=sent_at
    )
    await world.settled(dossier, "cancelled")
    assert (await release(world, journal)).pooled == 1
