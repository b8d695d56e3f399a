"""The whole conversation of a port in, spoken by our clients to the real simulator."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.port_out_answer import DELAY_REASONS
from domain.port_in import Holder, HolderKind
from domain.sims import SimCard
from parties.clearing_house.envelopes import NumberAnswer
from rules.france.rio import sealed
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
            authorisation=sealed(line.rio),
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
    assert serving.changed_at == seen.performed_at is not None  # by which a port back knows who moved it last

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


async def delay(world: World, dossier: str, number: int) -> None:
    await world.house.pra_delayed(
        dossier_id=dossier,
        recipient=EOLE,
        home=ALIZE,
        answer_due=datetime.now(UTC),
        reason_code=DELAY_REASONS["sim_replaced"],
        key=f"{dossier}:delay:{number}",
        sent_at=datetime.now(UTC),
    )


async def answer(world: World, dossier: str, answers: list[NumberAnswer]) -> None:
    await world.house.porting_answers(
        dossier_id=dossier,
        recipient=EOLE,
        home=ALIZE,
        answers=answers,
        key=f"{dossier}:answer:1",
        sent_at=datetime.now(UTC),
    )


async def test_several_numbers_are_delayed_together_and_answered_one_by_one_in_one_message(world: World) -> None:
    stays, goes = await world.line("ALIZE"), await world.line("ALIZE")
    dossier = await world.request_from_eole(stays, goes)
    for number in (1, 2):  # each number's order may announce its own delay
        await delay(world, dossier, number)
    await world.settled(dossier, "delayed")
    first_possible = datetime(2027, 3, 1, 7, tzinfo=UTC)
    answers = [
        NumberAnswer(msisdn=stays.msisdn, blocking_code="13", note="the RIO is not that of the contract"),
        NumberAnswer(msisdn=goes.msisdn, first_possible=first_possible),
    ]
    for _ in range(2):  # a lost reply: the same key again
        await answer(world, dossier, answers)
    agreed = await world.settled(dossier, "agreed")
    sent = [message.type for message in agreed.messages]
    assert sent == ["portingrequest", "pradelayed", "pradelayed", "portingrequestanswer"]
    assert agreed.first_possible == first_possible
    assert agreed.numbers == [f"0{line.msisdn[3:]}" for line in (stays, goes)]
    free, held = await world.house.number(stays.msisdn), await world.house.number(goes.msisdn)
    assert free is not None
    assert held is not None
    assert (free.open_dossier, held.open_dossier) == (False, True)


async def test_a_dossier_of_which_no_number_may_go_is_refused(world: World) -> None:
    lines = [await world.line("ALIZE"), await world.line("ALIZE")]
    dossier = await world.request_from_eole(*lines)
    await world.settled(dossier, "requested")
    await answer(world, dossier, [NumberAnswer(msisdn=line.msisdn, blocking_code="21") for line in lines])
    assert (await world.settled(dossier, "refused")).messages[-1].blocking_code == "21"


async def test_the_end_of_a_line_is_told_with_its_instant(world: World) -> None:
    line = await world.line("ALIZE")
    ours = await world.care.line(line.msisdn)
    assert ours is not None
    assert ours.ended_at is None
    ended = await world.billing.end(
        reference=world.new_reference("po"),
        msisdn=line.msisdn,
        contract_id=ours.contract.id,
        effective_at=datetime(2027, 3, 1, 7, tzinfo=UTC),
        reason="ported_out",
        key=f"{world.suffix}:end",
    )
    after = await world.care.line(line.msisdn)
    assert after is not None
    assert (after.state, after.ended_at) == ("ended", ended.ended_at)


async def test_the_legal_clock_of_the_world_is_read(world: World) -> None:
    first, second = await asyncio.gather(world.clock.read(), world.clock.read())
    assert first == second
    assert first.world
    later = await world.clock.read()
    assert later.legal >= first.legal
