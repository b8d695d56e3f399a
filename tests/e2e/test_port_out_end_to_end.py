"""Numbers that others ask us for, from the stream to the effect log: answers, holds, the holder's stop, the leaving."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from rules.france.sim_config import DEFAULT_SIM_RULES
from tests.support.command_line import DONE, starter
from tests.support.invariants import breaches
from tests.support.living_departures import ask_us, block_codes, ids_out, until_attention
from tests.support.living_ends import commit, seen, settlement_of
from tests.support.living_relais import HOME, LivingRelais, story
from tests.support.living_sims import ADA, BY_CODE, code_sent, enter_code, replace_sim, serve
from tests.support.neighbour import Neighbour, neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]

AFTER_A_FAULT_S = 180.0
HOLD = DEFAULT_SIM_RULES.port_out_hold


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fjord(relais: LivingRelais) -> AsyncIterator[Neighbour]:
    async with neighbour(relais) as operator:
        yield operator


async def test_a_number_leaves_and_its_contract_ends_with_the_port(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    await commit(relais, line)
    order_id, dossier = await ask_us(relais, fjord, line)
    await fjord.perform(dossier, line)
    await fjord.acknowledged_by(dossier, HOME)
    left = (await relais.ended([order_id]))[order_id]
    assert left["state"] == "completed", story(left)
    settlement = settlement_of(order_id)
    assert (left["outcome"]["recipient"], left["outcome"]["settlement"]) == ("FJORD", settlement)
    assert float(left["outcome"]["fee"]) > 0
    assert await relais.states([settlement]) == ["completed"]
    shown = await seen(relais, line.msisdn)
    assert (shown["operator"], shown["left_by"], shown["held_by"]) == ("FJORD", order_id, None)
    port = await fjord.until(dossier, "performed")
    assert port.actual is not None
    assert port.performed_at is not None
    early = min(port.actual, port.performed_at) - datetime.fromisoformat(left["outcome"]["performed_at"])
    assert abs(early) < timedelta(days=1)  # as the message is dated, half a second of this world's real time
    assert await breaches(relais, [order_id, settlement]) == []


async def test_a_wrong_rio_is_refused_and_the_corrected_request_agreed(relais: LivingRelais, fjord: Neighbour):
    line, other = await relais.lines(2, HOME)
    refused, first = await ask_us(relais, fjord, line, other.rio)
    assert await block_codes(fjord, first) == ["13"]
    corrected, second = await ask_us(relais, fjord, line)
    await fjord.perform(second, line)
    assert await relais.states([refused, corrected]) == ["rejected", "completed"]
    assert (await relais.order(refused))["refusal"]["code"] == "transfer_code_invalid"
    assert await breaches(relais, [refused, corrected]) == []


async def test_a_recipient_that_changes_its_mind_leaves_the_world_as_it_was(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    order_id, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "agreed")
    await fjord.withdraw(dossier, HOME)
    assert await relais.states([order_id]) == ["cancelled"]
    shown = await seen(relais, line.msisdn)
    assert (shown["state"], shown["operator"], shown["held_by"]) == ("active", HOME, None)
    assert await breaches(relais, [order_id]) == []


async def test_a_locked_line_is_answered_once_its_holder_opens_it(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    assert await relais.states([await serve(relais, line, "lock")]) == ["completed"]
    order_id, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "delayed")
    held = await until_attention(relais, order_id, "locked")
    assert held["state"] == "held", story(held)
    assert await relais.states([await serve(relais, line, "unlock")]) == ["completed"]
    await fjord.perform(dossier, line)
    assert await relais.states([order_id]) == ["completed"]
    assert await breaches(relais, [order_id]) == []


async def test_a_sim_replaced_a_short_time_ago_lets_the_answer_wait_for_the_time_or_a_person(
    relais: LivingRelais, fjord: Neighbour
):
    timed, released = await relais.lines(2, HOME)
    swap = await replace_sim(relais, timed, "upgrade", "esim")
    assert await relais.states([swap]) == ["completed"]
    waits, first = await ask_us(relais, fjord, timed)
    await serve(relais, released, "lock")
    locked, second = await ask_us(relais, fjord, released)
    await fjord.until(second, "delayed")
    await until_attention(relais, locked, "locked")
    said = await relais.ask(locked, "release")
    assert said.status_code == 200, said.text
    for dossier, line in ((first, timed), (second, released)):
        await fjord.perform(dossier, line)
    assert await relais.states([waits, locked]) == ["completed"] * 2
    log = [effect for effect in await relais.effects() if effect.msisdn == timed.msisdn]
    (moved,) = [effect.at for effect in log if effect.effect == "msisdn_set"]
    (answered,) = [effect.at for effect in log if effect.effect == "porting_answered"]
    assert answered - moved >= HOLD
    assert await breaches(relais, [swap, waits, locked]) == []


async def test_the_holder_stops_a_port_that_he_has_not_asked_for(relais: LivingRelais, fjord: Neighbour):
    in_shop, by_code, typed = await relais.lines(3, HOME)
    locks = [await serve(relais, line, "lock") for line in (in_shop, by_code, typed)]
    assert await relais.states(locks) == ["completed"] * 3
    asked = [await ask_us(relais, fjord, line) for line in (in_shop, by_code, typed)]
    (shop, _), (code, _), (line, _) = asked
    for _, dossier in asked:
        await fjord.until(dossier, "delayed")
    stopped = await relais.ask(shop, "freeze", authentication=ADA)
    assert stopped.status_code == 200, stopped.text
    texted = await relais.ask(code, "freeze", authentication=BY_CODE)
    assert texted.status_code == 200, texted.text
    sent = await code_sent(relais, code)
    wrong = await enter_code(relais, code, f"{(int(sent) + 1) % 1_000_000:06}")
    assert wrong.status_code == 409, wrong.text
    assert (await enter_code(relais, code, sent)).status_code == 200
    said = await starter(
        relais, "freeze", line, "--reason", "not my wish", "--method", "in_shop", "--agent", "ada", "--json"
    )
    assert said.status == DONE, said.out
    for _, dossier in asked:
        assert await block_codes(fjord, dossier) == ["30"]
    ids = [order_id for order_id, _ in asked]
    assert await relais.states(ids) == ["rejected"] * 3
    late = await relais.ask(shop, "freeze", authentication=ADA)
    assert late.status_code == 409, late.text
    assert await breaches(relais, ids) == []


async def test_a_person_refuses_what_smells_of_fraud_and_only_that(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    assert await relais.states([await serve(relais, line, "lock")]) == ["completed"]
    order_id, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "delayed")
    said = await relais.ask(order_id, "refuse")
    assert said.status_code == 200, said.text
    assert await block_codes(fjord, dossier) == ["61"]
    assert await relais.states([order_id]) == ["rejected"]
    assert await breaches(relais, [order_id]) == []


async def test_of_two_that_ask_at_once_one_wins_and_the_other_is_told_by_the_clearing_house(
    relais: LivingRelais, fjord: Neighbour
):
    contested, again = await relais.lines(2, HOME)
    since = (await relais.effects())[-1].n
    await relais.tell("/admin/robots/DUNE", {"enabled": False})
    async with neighbour(relais, "DUNE") as dune:
        pairs = [(fjord, contested), (dune, contested), (fjord, again), (fjord, again)]
        dossiers = await asyncio.gather(*(recipient.ask_for(line) for recipient, line in pairs))
        asked = dict(zip(dossiers, pairs, strict=True))
        log = await relais.effects(since)
        opened = [effect.detail["dossierid"] for effect in log if effect.effect == "porting_requested"]
        for dossier in opened:
            recipient, line = asked[dossier]
            await recipient.perform(dossier, line)
    await relais.tell("/admin/robots/DUNE", {"enabled": True})
    errors = {e.detail["dossierid"]: e.detail["errorcode"] for e in log if e.effect == "error_found"}
    assert errors == dict.fromkeys({*asked} - {*opened}, "NUMBER_IN_DOSSIER")
    assert len(opened) == 2
    ids = [order_id for line in (contested, again) for order_id in await ids_out(relais, line)]
    assert await relais.states(ids) == ["completed"] * 2


async def test_with_care_away_a_number_leaves_in_time_and_the_rest_is_caught_up(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    order_id, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "agreed")
    try:
        await relais.fault("care", "outage")
        await fjord.perform(dossier, line)
        await fjord.acknowledged_by(dossier, HOME)
        waits = await relais.until(order_id, "leaving")
        while waits["waiting_for"] is None:
            await asyncio.sleep(0.1)
            waits = await relais.order(order_id)
        down = (await relais.number(line.msisdn))["hlr"]
    finally:
        await relais.no_faults()
    assert (waits["waiting_for"]["party"], down) == ("care", [])
    assert await relais.states([order_id, settlement_of(order_id)][:1], AFTER_A_FAULT_S) == ["completed"]
    assert await relais.states([settlement_of(order_id)], AFTER_A_FAULT_S) == ["completed"]
    assert await breaches(relais, [order_id, settlement_of(order_id)]) == []
