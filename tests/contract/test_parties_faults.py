"""Every fault of the real simulator becomes the right error, and calling again with the same key has one effect."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.port_in import Holder, HolderKind
from domain.sims import SimCard
from parties.errors import NotConnected, OutcomeUnknown, PartyFailed, PartyRefused, PartyUnavailable, Throttled
from tests.support.parties_world import World, open_world

WRITE_FAULTS = {
    "500": PartyFailed,
    "502": PartyFailed,
    "503": Throttled,
    "429": Throttled,
    "hang": OutcomeUnknown,
    "reset": OutcomeUnknown,
    "malformed": OutcomeUnknown,
    "huge_body": OutcomeUnknown,
    "reply_lost": OutcomeUnknown,
}


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


@pytest.mark.parametrize(("kind", "error"), WRITE_FAULTS.items(), ids=WRITE_FAULTS.keys())
async def test_a_home_system_in_trouble_is_told_again_and_acts_once(
    world: World, kind: str, error: type[Exception]
) -> None:
    order = world.new_reference("po")
    await world.fault("logistics", kind, call="reserve", count=1)
    with pytest.raises(error) as caught:
        await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    assert type(caught.value) is error
    sim = await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    assert await world.logistics.sim(order) == sim
    assert [effect["effect"] for effect in await world.effects(f"{order}:reserve")] == ["sim_reserved"]


@pytest.mark.parametrize(("kind", "error"), WRITE_FAULTS.items(), ids=WRITE_FAULTS.keys())
async def test_a_clearing_house_in_trouble_is_told_again_and_opens_one_dossier(
    world: World, kind: str, error: type[Exception]
) -> None:
    line, dossier = await world.line("DUNE"), world.new_dossier()
    await world.fault("clearing_house", kind, call="portingrequest", count=1)
    with pytest.raises(error) as caught:
        await world.request(dossier, line)
    assert type(caught.value) is error
    first = await world.request(dossier, line)
    assert await world.request(dossier, line) == first
    seen = await world.settled(dossier, "agreed")
    assert [message.type for message in seen.messages] == ["portingrequest", "portingrequestanswer"]


@pytest.mark.parametrize("kind", WRITE_FAULTS)
async def test_a_read_in_trouble_is_only_unavailable(world: World, kind: str) -> None:
    line = await world.line("ALIZE")
    await world.fault("care", kind, call="line", count=1)
    with pytest.raises(PartyUnavailable):
        await world.care.line(line.msisdn)
    found = await world.care.line(line.msisdn)
    assert found is not None
    assert found.rio == line.rio


async def test_a_throttling_party_says_how_long_to_wait(world: World) -> None:
    await world.fault("care", "429", call="line", count=1)
    with pytest.raises(Throttled) as caught:
        await world.care.line((await world.line("ALIZE")).msisdn)
    assert caught.value.retry_after is not None


async def test_a_duplicated_request_has_one_effect(world: World) -> None:
    order = world.new_reference("po")
    await world.fault("logistics", "duplicate", call="reserve", count=1)
    await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    assert len(await world.effects(f"{order}:reserve")) == 1


async def test_an_outage_is_unavailable_until_it_ends(world: World) -> None:
    line = await world.line("ALIZE")
    await world.fault("care", "outage")
    with pytest.raises(PartyUnavailable):
        await world.care.line(line.msisdn)
    await world.clear_faults()
    assert await world.care.line(line.msisdn) is not None


@pytest.mark.parametrize("kind", ["500", "hang", "reset", "malformed", "huge_body", "reply_lost", "outage"])
async def test_an_hlr_in_trouble_recovers_by_reading(world: World, kind: str) -> None:
    order, msisdn = world.new_reference("po"), (await world.line("DUNE")).msisdn
    sim = await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    await world.fault("hlr", kind, count=1) if kind != "outage" else await world.fault("hlr", kind)
    with pytest.raises((PartyUnavailable, OutcomeUnknown)) as caught:
        await world.hlr.put_in_service(sim.imsi, msisdn)
    assert not isinstance(caught.value, NotConnected) or kind == "outage"
    await world.clear_faults()
    record = await world.hlr.put_in_service(sim.imsi, msisdn)
    assert (record.msisdn, record.in_service) == (msisdn, True)
    await world.hlr.take_out_of_service(sim.imsi, msisdn)
    await world.hlr.take_out_of_service(sim.imsi, msisdn)
    assert await world.hlr.carrier(msisdn) is None


@pytest.mark.parametrize("call", ["create", "msisdn"])
@pytest.mark.parametrize("kind", ["reset", "reply_lost", "malformed"])
async def test_an_hlr_that_fails_in_the_middle_leaves_the_outcome_unknown(world: World, kind: str, call: str) -> None:
    order, msisdn = world.new_reference("po"), (await world.line("DUNE")).msisdn
    sim = await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    await world.fault("hlr", kind, call=call, count=1)
    with pytest.raises(OutcomeUnknown):
        await world.hlr.put_in_service(sim.imsi, msisdn)
    assert (await world.hlr.put_in_service(sim.imsi, msisdn)).msisdn == msisdn
    await world.hlr.take_out_of_service(sim.imsi, msisdn)


async def test_a_number_on_a_sim_of_ours_cannot_be_put_on_another(world: World) -> None:
    line, order = await world.line("ALIZE"), world.new_reference("po")
    sim = await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    carrier = await world.hlr.carrier(line.msisdn)
    with pytest.raises(PartyRefused) as caught:
        await world.hlr.put_in_service(sim.imsi, line.msisdn)
    assert caught.value.code == "number_on_another_sim"
    await world.hlr.take_out_of_service(sim.imsi, line.msisdn)
    assert await world.hlr.carrier(line.msisdn) == carrier


async def test_an_undo_that_overtakes_its_write_wins(world: World) -> None:
    order = world.new_reference("po")
    await world.care.cancel(reference=order, key=f"{order}:cancel")
    with pytest.raises(PartyRefused) as caught:
        await world.care.prepare(
            reference=order,
            msisdn=(await world.line("DUNE")).msisdn,
            holder=Holder(kind=HolderKind.CONSUMER, name="Zoé Martin"),
            sim=SimCard(iccid="8933010000000000002", imsi="208010000000001"),
            key=f"{order}:prepare",
        )
    assert (caught.value.code, caught.value.status) == ("reference_cancelled", 409)


async def test_a_signature_that_is_not_accepted_is_explained(simulator: Any, world: World) -> None:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir, keys_of="relais-cirus") as other:
        with pytest.raises(PartyRefused) as caught:
            await other.house.dossier(world.new_dossier())
    assert (caught.value.code, caught.value.status) == ("unauthorized", 401)
    assert "random bytes" in str(caught.value)


async def test_a_message_for_another_operator_is_forbidden(world: World) -> None:
    line = await world.line("ALIZE")
    world.eole_house, world.house = world.house, world.eole_house
    with pytest.raises(PartyRefused) as caught:
        await world.request(world.new_dossier(), line)
    assert (caught.value.code, caught.value.raw) == ("forbidden", "8000")
