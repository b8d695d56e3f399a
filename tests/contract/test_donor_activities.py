"""The donor's activities beside the real simulator: what the fakes of the unit tests stand for."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.our_systems import OurSystems
from activities.port_out import FindFirstPossible, JudgedPortOut, JudgePortOut, PortOutActivities
from activities.port_out_answer import AnswerRequest, DelayAnswer, LookAtDossier, PortOutAnswerActivities
from activities.port_out_end import FindWhatLeft, PlanEnd, PortOutEndActivities
from activities.recorder import Recorder
from domain.directory import DEFAULT_DIRECTORY
from domain.port_out import NumberDecision, PortOutOrder
from domain.refusals import RefusalCode
from journal import Journal
from tests.support.donor_home import port_out
from tests.support.france import FRANCE
from tests.support.parties_world import ALIZE, DUNE, EOLE, World, open_world
from tests.support.ports_out import request_of


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


def systems_of(world: World, journal: Journal) -> OurSystems:
    return OurSystems(world.care, world.billing, world.hlr, world.house, journal)


@pytest.fixture
def donor(world: World, journal: Journal) -> PortOutActivities:
    recorder = Recorder(journal, world.clock)
    systems = systems_of(world, journal)
    return PortOutActivities(world.clock, systems, FRANCE, recorder)


@pytest.fixture
def answering(world: World, journal: Journal) -> PortOutAnswerActivities:
    return PortOutAnswerActivities(world.clock, world.house, journal, DEFAULT_DIRECTORY, "ALIZE")


@pytest.fixture
def ending(world: World, journal: Journal) -> PortOutEndActivities:
    return PortOutEndActivities(systems_of(world, journal), FRANCE)


async def asked_for(world: World, journal: Journal, **changed: Any) -> PortOutOrder:
    """EOLE's request for a line of ours, accepted; the dossier waits for our answer."""
    line = await world.line("ALIZE")
    dossier_id = await world.request_from_eole(line)
    await world.settled(dossier_id, "requested")
    values = {"msisdn": line.msisdn, "rio": line.rio, "recipient": "EOLE", "dossier_id": dossier_id} | changed
    order = port_out(**values)
    request_of(journal, order)
    return order


async def judged(donor: PortOutActivities, order: PortOutOrder) -> JudgedPortOut:
    return await ActivityEnvironment().run(donor.judge_port_out, JudgePortOut(order=order))


async def test_a_line_is_judged_delayed_agreed_and_after_the_port_ended(
    world: World,
    journal: Journal,
    donor: PortOutActivities,
    answering: PortOutAnswerActivities,
    ending: PortOutEndActivities,
) -> None:
    order, do = await asked_for(world, journal), ActivityEnvironment().run
    named = {"order_id": order.order_id, "dossier_id": order.dossier_id, "recipient": order.recipient}
    verdict = await judged(donor, order)
    assert (verdict.refusal, verdict.holds, verdict.ended) == (None, [], False)
    assert verdict.contract is not None
    assert verdict.sim is not None
    assert verdict.sim.imsi == await world.hlr.carrier(order.msisdn)

    due = (await world.clock.read()).legal + timedelta(days=1)
    assert (await do(answering.delay_answer, DelayAnswer(**named, due=due, reason="locked"))).status == "delayed"
    first = (await do(donor.find_first_possible, FindFirstPossible(order_id=order.order_id, msisdn=order.msisdn))).at
    decision = NumberDecision(first_possible=first)
    assert (await do(answering.answer_request, AnswerRequest(**named, decision=decision))).status == "agreed"

    await perform(world, order, first)
    seen = await do(answering.look_at_dossier, LookAtDossier(dossier_id=order.dossier_id))
    assert seen.status == "performed"
    assert seen.actual is not None
    assert seen.actual < first, "declared for a day ahead, it counts from when the clearing house took it in"
    left = await do(
        ending.find_what_left, FindWhatLeft(order=order, contract_id=verdict.contract.id, known=verdict.sim)
    )
    assert (left.sim, left.came_back, left.contract_id) == (verdict.sim, False, verdict.contract.id)
    plan = PlanEnd(
        order_id=order.order_id, msisdn=order.msisdn, contract_id=verdict.contract.id, effective_at=first
    )  # fmt: skip
    end = await do(ending.plan_end, plan)
    assert (end.contract, end.sim) == (verdict.contract, verdict.sim)
    assert end.cost is not None
    await world.billing.end(
        reference=order.order_id, msisdn=order.msisdn, contract_id=verdict.contract.id, effective_at=first,
        reason="ported_out", key=f"{order.order_id}:end:{order.dossier_id}",
    )  # fmt: skip
    assert (await do(ending.plan_end, plan)).contract is None
    after = (await judged(donor, order)).refusal
    assert after is not None
    assert after.code is RefusalCode.NUMBER_NOT_AT_DONOR


async def test_a_dossier_of_others_that_a_request_names_gives_nothing_back(
    world: World, journal: Journal, donor: PortOutActivities
) -> None:
    order = await asked_for(world, journal, rio="")
    foreign = await world.line("DUNE")
    theirs = await world.request_from_eole(foreign, donor=DUNE)
    for named in (theirs, "EOLE-404404404"):
        refusal = (await judged(donor, order.model_copy(update={"back_of": named}))).refusal
        assert refusal is not None
        assert refusal.code is RefusalCode.TRANSFER_CODE_INVALID


async def perform(world: World, order: PortOutOrder, actual: datetime) -> None:
    await world.eole_house.porting_performed(
        dossier_id=order.dossier_id, donor=ALIZE, home=EOLE, msisdn=order.msisdn, actual=actual, backporting=False,
        key=f"{order.dossier_id}:performed", sent_at=actual,
    )  # fmt: skip
    await world.settled(order.dossier_id, "performed")
