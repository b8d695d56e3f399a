"""Ends of contracts from the door to the number's next life: REST and command line, billing, registry, new holders."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import pytest_asyncio

from rules.france.rio import Rio
from tests.support.command_line import DONE, REFUSED_OR_FAILED, starter
from tests.support.end_invariants import FREED
from tests.support.invariants import breaches
from tests.support.living_ends import (
    PATH,
    ask_to_end,
    billing,
    commit,
    ending,
    freed,
    leaves,
    new_line,
    ours_now,
    seen,
    settlement_of,
    terminate,
)
from tests.support.living_relais import HOME, Line, LivingRelais, story
from tests.support.living_sims import phone, replace_sim, serve, wanted
from tests.support.neighbour import neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]

AFTER_A_FAULT_S = 180.0
FREED_WITHIN_S = 90.0
A_FEW_ROUNDS = timedelta(days=5)
"""Legal time in which the schedule has looked for numbers that are due, more than once."""


@dataclass
class Farewells:
    """Terminations whose numbers wait in quarantine while other tests run. Order ids; lines as they were."""

    billed: str  # locked, committed, owed money, and its last invoice wrong in three ways
    billed_line: Line
    back: str  # ported in from another operator's range
    back_line: Line


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def farewells(relais: LivingRelais) -> Farewells:
    billed = await relais.line(HOME)
    foreign = await relais.line("CIRUS")
    ported = await relais.port_in(foreign)
    assert await relais.states([await serve(relais, billed, "lock"), ported]) == ["completed"] * 2
    assert await breaches(relais, [ported]) == []
    await commit(relais, billed)
    wrong = ["fee_twice", "charge_after_end", "fee_too_high"]
    await billing(relais, billed, errors=wrong, deposit="50.00", deposit_item="box", advances="12.00")
    ours = await ours_now(relais, foreign)
    ended = [await terminate(relais, line) for line in (billed, ours)]
    assert await relais.states(ended) == ["completed"] * 2
    return Farewells(ended[0], billed, ended[1], ours)


async def test_a_wrong_last_invoice_is_disputed_to_its_credit_and_what_was_lent_comes_back(
    relais: LivingRelais, farewells: Farewells
):
    order_id = farewells.billed
    settlement = settlement_of(order_id)
    settled = (await relais.ended([settlement]))[settlement]
    assert settled["state"] == "completed", story(settled)
    fee = Decimal((await relais.order(order_id))["outcome"]["fee"])
    assert fee > 0
    assert Decimal(settled["outcome"]["credited"]) > fee
    assert settled["outcome"]["refunds"] == {"deposit": "50.00", "advances": "12.00"}
    assert (await seen(relais, farewells.billed_line.msisdn))["state"] == "quarantine"
    assert await breaches(relais, [order_id, settlement]) == []


async def test_the_command_line_shows_what_leaving_costs_and_then_ends_the_contract(relais: LivingRelais):
    line = await relais.line(HOME)
    await commit(relais, line)
    asked = ("terminate", line.msisdn, "--method", "in_shop", "--agent", "ada", "--json")
    shown = await starter(relais, *asked, "--dry-run")
    assert shown.status == DONE, shown.out
    cost = shown.json["cost"]
    assert Decimal(cost["fee"]) > 0
    assert all(figure["rule"] for figure in cost["lines"])
    before = await seen(relais, line.msisdn)
    assert (before["history"], before["held_by"]) == ([], None)
    said = await starter(relais, *asked)
    assert said.status == DONE, said.out
    order_id = await leaves(relais, line, said.json["order_id"])
    again = await starter(relais, *asked)
    assert (again.status, again.json["held_by"]["order_id"]) == (REFUSED_OR_FAILED, order_id)
    done = (await relais.ended([order_id]))[order_id]
    assert (done["state"], done["outcome"]["fee"]) == ("completed", cost["fee"]), story(done)
    assert await relais.states([settlement_of(order_id)]) == ["completed"]
    assert await breaches(relais, [order_id, settlement_of(order_id)]) == []
    ended = await ask_to_end(relais, line)
    assert ended.status_code in (202, 422), ended.text
    if ended.status_code == 202:
        assert await relais.states([ended.json()["order_id"]]) == ["rejected"]


async def test_a_withdrawn_termination_leaves_the_contract_as_it_was(relais: LivingRelais):
    line = await relais.line(HOME)
    order_id = await terminate(relais, line, requested_date="+200d")
    await relais.until(order_id, "notice")
    said = await starter(relais, "cancel", order_id, "--by", "Ines", "--reason", "customer stays", "--json")
    assert said.status == DONE, said.out
    assert await relais.states([order_id]) == ["cancelled"]
    late = await relais.ask(order_id, "cancel")
    assert late.status_code == 409, late.text
    shown = await seen(relais, line.msisdn)
    assert (shown["state"], shown["held_by"], shown["quarantine"]) == ("active", None, None)
    assert await breaches(relais, [order_id]) == []


async def test_one_of_racing_requests_wins_a_line_and_the_others_are_told_which(relais: LivingRelais):
    contested, swapping = await relais.lines(2, HOME)
    await phone(relais, contested, download="never")
    answers = await asyncio.gather(
        relais.post("/v1/sim-replacements", wanted(contested, "upgrade", "esim"), key=uuid4().hex),
        *(
            relais.post(PATH, ending(contested, requested_date=day), key=uuid4().hex)
            for day in ("+300d", "+301d", "+302d")
        ),
    )
    won = [answer.json() for answer in answers if answer.status_code == 202]
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(won) + len(lost) == len(answers), [a.text for a in answers]
    # A replacement that comes when the end is arranged already borrows the line from the termination.
    assert sorted(order["kind"] for order in won) in (
        ["sim_replacement"],
        ["termination"],
        ["sim_replacement", "termination"],
    )
    assert {loser["code"] for loser in lost} == {"line_held"}
    assert {loser["held_by"]["order_id"] for loser in lost} <= {order["order_id"] for order in won}
    foreign = Rio.of("C1", "P", "ABC123", contested.msisdn).text  # as if it were CIRUS's
    port_in = await relais.post("/v1/port-ins", relais.request(contested, rio=foreign), key=uuid4().hex)
    assert (port_in.status_code, port_in.json()["code"]) == (409, "line_held")
    for order in reversed(won):
        cancelled = await relais.ask(order["order_id"], "cancel")
        assert cancelled.status_code in (200, 409), cancelled.text

    await phone(relais, swapping, inserts=False)
    swap = await replace_sim(relais, swapping, "upgrade", "physical")
    await relais.until(swap, "on_the_way")
    refused = await ask_to_end(relais, swapping)
    assert (refused.status_code, refused.json()["held_by"]["order_id"]) == (409, swap)
    assert (await relais.ask(swap, "cancel")).status_code == 200
    assert await relais.states([swap]) == ["cancelled"]
    leaving = await terminate(relais, swapping, requested_date="+300d")
    refused = await ask_to_end(relais, swapping)
    assert (refused.status_code, refused.json()["held_by"]["order_id"]) == (409, leaving)
    await relais.until(leaving, "notice")
    assert (await relais.ask(leaving, "cancel")).status_code == 200
    assert await relais.states([leaving]) == ["cancelled"]
    assert await breaches(relais, [swap, leaving]) == []


async def test_with_care_away_at_the_last_days_end_the_line_goes_down_and_the_money_follows(relais: LivingRelais):
    line = await relais.line(HOME)
    order_id = await terminate(relais, line)
    await relais.until(order_id, "notice")
    try:
        await relais.fault("care", "outage")
        await shows(relais, order_id, "care")
        down = (await relais.number(line.msisdn))["hlr"]
    finally:
        await relais.no_faults()
    assert down == []
    assert await relais.states([order_id, settlement_of(order_id)][:1], AFTER_A_FAULT_S) == ["completed"]
    assert await relais.states([settlement_of(order_id)], AFTER_A_FAULT_S) == ["completed"]
    assert await breaches(relais, [order_id, settlement_of(order_id)]) == []


async def test_with_the_hlr_away_at_the_last_days_end_nothing_is_charged_for_the_days_after(relais: LivingRelais):
    line = await relais.line(HOME)
    order_id = await terminate(relais, line)
    await relais.until(order_id, "notice")
    try:
        await relais.fault("hlr", "outage")
        waiting = await shows(relais, order_id, "HLR")
        await asyncio.sleep(2)  # days of legal time
    finally:
        await relais.no_faults()
    assert waiting["stage"] == "taking_down"
    assert await relais.states([order_id], AFTER_A_FAULT_S) == ["completed"]
    assert await relais.states([settlement_of(order_id)]) == ["completed"]
    log = [effect for effect in await relais.effects() if effect.order == order_id]
    (ended,) = [effect for effect in log if effect.effect == "contract_ended"]
    assert (ended.at - datetime.fromisoformat(ended.detail["effective_at"])).days >= 1
    assert await breaches(relais, [order_id, settlement_of(order_id)]) == []


async def test_a_number_that_another_operator_asks_for_is_not_given_back_until_its_dossier_is_closed(
    relais: LivingRelais,
):
    line = await relais.line(HOME)
    order_id = await terminate(relais, line)
    assert await relais.states([order_id]) == ["completed"]
    async with neighbour(relais) as fjord:
        dossier = await fjord.ask_for(line)
        await fjord.until(dossier, "agreed")
        over = datetime.fromisoformat((await seen(relais, line.msisdn))["quarantine"]["reassignable_from"])
        while datetime.fromisoformat((await relais.look("/admin/clock"))["legal"]) < over + A_FEW_ROUNDS:
            await asyncio.sleep(0.5)
        assert (await seen(relais, line.msisdn))["state"] == "porting"
        assert not [e for e in await relais.effects() if e.effect in FREED and e.msisdn == line.msisdn]
        await fjord.withdraw(dossier, HOME)
    assert (await freed(relais, line.msisdn, FREED_WITHIN_S))["state"] == "free"
    assert await breaches(relais, [order_id]) == []


async def test_a_ported_number_goes_back_to_its_range_holder_and_everybody_routes_to_him(
    relais: LivingRelais, farewells: Farewells
):
    order_id, line = farewells.back, farewells.back_line
    await freed(relais, line.msisdn, FREED_WITHIN_S)
    assert await relais.states([order_id, settlement_of(order_id)]) == ["completed"] * 2
    assert await breaches(relais, [order_id, settlement_of(order_id)]) == []
    number = await relais.number(line.msisdn)
    assert number["reference"] == {"operator": "CIRUS", "range_holder": "CIRUS"}
    gone = [e for e in await relais.effects() if e.msisdn == line.msisdn and e.effect in FREED]
    assert gone[0].effect == "number_deactivated"  # the next is its range holder's pool
    shown = await seen(relais, line.msisdn)
    assert (shown["operator"], shown["quarantine"], shown["held_by"]) == ("CIRUS", None, None)


async def test_the_next_holder_of_a_number_inherits_nothing(relais: LivingRelais, farewells: Farewells):
    msisdn = farewells.billed_line.msisdn
    assert (await freed(relais, msisdn, FREED_WITHIN_S))["state"] == "free"
    line = await new_line(relais, msisdn)
    shown = await seen(relais, msisdn)
    facts = shown["line"]
    assert (shown["state"], shown["history"], shown["quarantine"]) == ("active", [], None)
    assert (facts["locked_since"], facts["barred_since"], facts["swapped_at"]) == (None, None, None)
    assert shown["former"] == 3  # the lock, the end, the settlement: somebody else's
    assert line.rio != farewells.billed_line.rio
    locked = await serve(relais, line, "lock")
    assert await relais.states([locked]) == ["completed"]
    again = await terminate(relais, line)
    assert await relais.states([again]) == ["completed"]
    assert {order["order_id"] for order in (await seen(relais, msisdn))["history"]} == {
        locked,
        again,
        settlement_of(again),
    }
    assert (await seen(relais, msisdn))["former"] == 3
    assert await breaches(relais, [farewells.billed, settlement_of(farewells.billed)]) == []


async def shows(relais: LivingRelais, order_id: str, party: str) -> dict[str, object]:
    """The order once it says that it waits for this party."""
    deadline = time.monotonic() + AFTER_A_FAULT_S / 2
    while True:
        order = await relais.order(order_id)
        if order["waiting_for"] is not None and order["waiting_for"]["party"] == party:
            return order
        assert time.monotonic() < deadline, f"{party}: {order['waiting_for']} {story(order)}"
        await asyncio.sleep(0.2)
