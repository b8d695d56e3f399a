"""The whole conversation of a port in, spoken by our clients to the real simulator."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.port_in import Holder, HolderKind
from domain.sims import SimCard
from tests.support.parties_world import ALIZE, DUNE, EOLE, World, next_message, open_world


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


async def test_a_number_is_ported_in_from_request_to_proof(world: World) -> None:
    line = await world.line("DUNE")
    order = world.new_reference("po")
    dossier = world.new_dossier()
    sim = await world.logistics.reserve(reference=order, key=f"{order}:reserve")
    assert sim.state == "handed_over"
    card = SimCard(iccid=sim.iccid, imsi=sim.imsi)
    holder = Holder(kind=HolderKind.CONSUMER, name="Zoé Martin")
    prepared = await world.care.prepare(
        reference=order, msisdn=line.msisdn, holder=holder, sim=card, key=f"{order}:prepare"
    )
    assert prepared.state == "prepared"

    async with world.inbox() as inbox:
        await world.house.porting_request(
            dossier_id=dossier,
            donor=DUNE,
            home=ALIZE,
            msisdn=line.msisdn,
            rio=line.rio,
            holder=holder,
            note="",
            sent_at=datetime.now(UTC),
            key=f"{order}:request",
        )
        answer = await next_message(inbox, dossier)
        assert answer.type == "portingrequestanswer"
        assert answer.message is not None
        assert not answer.message.blocked
        first_possible = answer.message.first_possible
        assert first_possible is not None
        await world.house.confirm(answer.message_id)

        record = await world.hlr.put_in_service(sim.imsi, line.msisdn)
        assert record.in_service
        await world.house.porting_performed(
            dossier_id=dossier,
            donor=DUNE,
            home=ALIZE,
            msisdn=line.msisdn,
            actual=first_possible,
            backporting=False,
            key=f"{order}:performed",
            sent_at=first_possible,
        )
        seen = await world.settled(dossier, "performed")

    assert [message.type for message in seen.messages][:2] == ["portingrequest", "portingrequestanswer"]
    assert (seen.recipient, seen.donor) == ("ALIZE", "DUNE")
    assert seen.first_possible == first_possible
    await world.acknowledged(dossier, {"BOREA", "CIRUS", "DUNE", "EOLE", "FJORD"})
    serving = await world.house.number(line.msisdn)
    assert serving is not None
    assert (serving.operator, serving.range_holder, serving.network_operator) == ("ALIZE", "DUNE", "ALIZE")

    await world.routing.route(msisdn=line.msisdn, operator="ALIZE", dossier_id=dossier, key=f"{order}:route")
    assert await world.routing.serving(line.msisdn) == "ALIZE"
    active = await world.care.activate(reference=order, effective_at=first_possible, key=f"{order}:activate")
    assert active.rio.startswith("A1P")
    ours = await world.care.line(line.msisdn)
    assert ours is not None
    assert (ours.state, ours.imsi, ours.rio) == ("active", sim.imsi, active.rio)
    assert await world.hlr.carrier(line.msisdn) == sim.imsi


async def test_a_refusal_of_the_donor_arrives_with_its_code(world: World) -> None:
    line = await world.line("DUNE")
    dossier = world.new_dossier()
    await world.admin.put(f"/admin/behaviours/{line.msisdn}", json={"answer": "refuse", "code": "21"})
    async with world.inbox() as inbox:
        await world.request(dossier, line)
        answer = await next_message(inbox, dossier)
        await world.house.confirm(answer.message_id)
    assert answer.message is not None
    assert (answer.message.blocked, answer.message.blocking_code) == (True, "21")
    assert (await world.settled(dossier, "refused")).status == "refused"


async def test_a_delayed_answer_says_until_when(world: World) -> None:
    line = await world.line("DUNE")
    dossier = world.new_dossier()
    await world.admin.put(f"/admin/behaviours/{line.msisdn}", json={"answer": "delay"})
    async with world.inbox() as inbox:
        await world.request(dossier, line)
        delayed = await next_message(inbox, dossier)
        await world.house.confirm(delayed.message_id)
        answer = await next_message(inbox, dossier)
        await world.house.confirm(answer.message_id)
    assert delayed.type == "pradelayed"
    assert delayed.message is not None
    assert delayed.message.answer_due is not None
    assert answer.type == "portingrequestanswer"


async def test_a_cancel_is_shown_by_the_registry(world: World) -> None:
    line = await world.line("DUNE")
    dossier = world.new_dossier()
    await world.request(dossier, line)
    await world.settled(dossier, "agreed")
    await world.house.cancel(
        dossier_id=dossier, donor=DUNE, home=ALIZE, note="withdrawn", key=f"{dossier}:cancel", sent_at=datetime.now(UTC)
    )
    assert (await world.settled(dossier, "cancelled")).messages[-1].type == "cancel"


async def test_a_functional_error_arrives_after_the_request_was_taken(world: World) -> None:
    dossier = world.new_dossier()
    async with world.inbox() as inbox:
        await world.house.cancel(
            dossier_id=dossier, donor=DUNE, home=ALIZE, note="", key=f"{dossier}:cancel", sent_at=datetime.now(UTC)
        )
        error = await next_message(inbox, dossier)
        await world.house.confirm(error.message_id)
    assert error.type == "errorfound"
    assert error.message is not None
    assert error.message.error_code == "DOSSIER_UNKNOWN"


async def test_a_dossier_and_a_number_nobody_knows_are_none(world: World) -> None:
    assert await world.house.dossier(world.new_dossier()) is None
    assert await world.house.number("+33700000000000") is None


async def test_undoing_what_was_never_done_is_normal_and_final(world: World) -> None:
    order = world.new_reference("po")
    await world.care.cancel(reference=order, key=f"{order}:cancel")
    await world.logistics.release(reference=order, key=f"{order}:release")
    cancelled = await world.care.subscription(order)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await world.logistics.sim(order) is None


async def test_a_message_is_sent_once_per_key(world: World) -> None:
    order = world.new_reference("po")
    for _ in range(2):
        await world.notifications.send(
            reference=order,
            kind="port_in.done",
            channel="sms",
            to="+33639980001",
            text="C'est fait.",
            key=f"{order}:sms",
        )
    assert len((await world.notifications.messages(reference=order)).items) == 1


async def test_answers_to_other_operators_take_their_place_in_the_dossier(world: World) -> None:
    """Home as donor: EOLE, a virtual operator, asks for one of our lines; we delay, then agree."""
    line = await world.line("ALIZE")
    dossier = await world.request_from_eole(line)
    async with world.inbox() as inbox:
        request = await next_message(inbox, dossier)
        await world.house.confirm(request.message_id)
        assert request.envelope is not None
        assert request.envelope.header.sender.serviceprovider == "EOLE"
    await world.house.pra_delayed(
        dossier_id=dossier,
        recipient=EOLE,
        home=ALIZE,
        answer_due=datetime.now(UTC),
        key=f"{dossier}:delayed",
        sent_at=datetime.now(UTC),
    )
    assert (await world.settled(dossier, "delayed")).donor == "ALIZE"
    await world.house.porting_answer(
        dossier_id=dossier,
        recipient=EOLE,
        home=ALIZE,
        msisdn=line.msisdn,
        blocking_code=None,
        first_possible=datetime(2027, 3, 1, 7, tzinfo=UTC),
        key=f"{dossier}:answer",
        sent_at=datetime.now(UTC),
    )
    agreed = await world.settled(dossier, "agreed")
    assert agreed.first_possible == datetime(2027, 3, 1, 7, tzinfo=UTC)
    assert agreed.recipient == "EOLE"


async def test_the_legal_clock_of_the_world_is_read(world: World) -> None:
    first, second = await asyncio.gather(world.clock.read(), world.clock.read())
    assert first == second
    assert first.world
    later = await world.clock.read()
    assert later.legal >= first.legal
