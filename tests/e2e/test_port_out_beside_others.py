"""Numbers that others ask us for while something else happens to the line: it ends, its SIM changes, it comes back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.support.command_line import DONE, starter
from tests.support.end_invariants import FREED
from tests.support.invariants import breaches
from tests.support.living_departures import ask_us, until_attention
from tests.support.living_ends import ours_now, seen, settlement_of, terminate
from tests.support.living_relais import HOME, Line, LivingRelais, story
from tests.support.living_sims import phone, replace_sim
from tests.support.neighbour import Neighbour, neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fjord(relais: LivingRelais) -> AsyncIterator[Neighbour]:
    async with neighbour(relais) as operator:
        yield operator


@dataclass
class Farewells:
    """What months of legal time pass over while other tests run. Order ids."""

    unused: str  # an agreement
    ended: str  # a termination whose number
    left: str  # has left its quarantine by this port out
    line: Line


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def farewells(relais: LivingRelais, fjord: Neighbour) -> Farewells:
    line, staying = await relais.lines(2, HOME)
    ended = await terminate(relais, line)
    assert await relais.states([ended]) == ["completed"]
    left, dossier = await ask_us(relais, fjord, line)
    await fjord.perform(dossier, line)
    assert await relais.states([left]) == ["completed"]
    unused, dossier = await ask_us(relais, fjord, staying)
    await fjord.until(dossier, "agreed")
    return Farewells(unused, ended, left, line)


async def test_a_termination_folds_into_a_port_out_that_ends_the_contract(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    ending = await terminate(relais, line, requested_date="+200d")
    await relais.until(ending, "notice")
    leaving, dossier = await ask_us(relais, fjord, line)
    await fjord.perform(dossier, line)
    assert await relais.states([leaving, ending]) == ["completed", "cancelled"]
    assert {m["kind"] for m in await relais.messages(ending)} == {"termination.confirmed", "termination.ported"}
    assert await relais.states([settlement_of(leaving)]) == ["completed"]
    assert await breaches(relais, [leaving, ending, settlement_of(leaving)]) == []


async def test_a_termination_takes_effect_after_all_when_the_recipient_cancels(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    ending = await terminate(relais, line, requested_date="+25d")
    await relais.until(ending, "notice")
    leaving, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "agreed")
    assert (await seen(relais, line.msisdn))["held_by"]["order_id"] == leaving
    await fjord.withdraw(dossier, HOME)
    assert await relais.states([leaving, ending, settlement_of(ending)][:2]) == ["cancelled", "completed"]
    assert await relais.states([settlement_of(ending)]) == ["completed"]
    assert await breaches(relais, [leaving, ending, settlement_of(ending)]) == []


async def test_a_port_out_waits_for_a_sim_that_is_being_replaced_and_once_performed_ends_it(
    relais: LivingRelais, fjord: Neighbour
):
    line = await relais.line(HOME)
    await phone(relais, line, download="never")
    swap = await replace_sim(relais, line, "upgrade", "esim")
    await relais.until(swap, "on_the_way")
    leaving, dossier = await ask_us(relais, fjord, line)
    await fjord.until(dossier, "delayed")
    await until_attention(relais, leaving, "being replaced")
    said = await relais.ask(leaving, "release")
    assert said.status_code == 200, said.text
    await fjord.perform(dossier, line)
    assert await relais.states([leaving, swap]) == ["completed", "cancelled"]
    assert await breaches(relais, [leaving, swap]) == []


async def test_a_sim_that_was_lost_while_the_port_waited_for_its_day_is_replaced_and_the_new_one_goes_down(
    relais: LivingRelais, fjord: Neighbour
):
    line = await relais.line(HOME)
    leaving, dossier = await ask_us(relais, fjord, line)
    await relais.until(leaving, "agreed")
    swap = await replace_sim(relais, line, "lost", "esim")
    done = (await relais.ended([swap]))[swap]
    assert done["state"] == "completed", story(done)
    new = await ours_now(relais, line)
    assert (await relais.order(leaving))["stage"] == "agreed"
    await fjord.perform(dossier, line)
    assert await relais.states([leaving]) == ["completed"]
    retired = [e for e in await relais.effects() if e.effect == "sim_retired" and e.root == leaving]
    assert [effect.detail["iccid"] for effect in retired] == [new.iccid]
    assert await breaches(relais, [leaving, swap]) == []


async def test_a_number_that_left_by_mistake_is_asked_back_and_comes_home(relais: LivingRelais):
    line, again = await relais.lines(2, HOME)
    async with neighbour(relais, "DUNE") as dune:
        asked = [await ask_us(relais, dune, each) for each in (line, again)]
        for (_, dossier), each in zip(asked, (line, again), strict=True):
            await dune.perform(dossier, each)
    (out, _), (other, _) = asked
    assert await relais.states([out, other]) == ["completed"] * 2
    said = await starter(relais, "port-back", out, "--by", "ada", "--reason", "the wrong number", "--json")
    assert said.status == DONE, said.out
    posted = await relais.post(f"/v1/orders/{other}/port-back", MISTAKE, key=uuid4().hex)
    assert posted.status_code == 202, posted.text
    back = [said.json["order_id"], posted.json()["order_id"]]
    relais.ported |= dict(zip(back, (line, again), strict=True))
    assert await relais.states(back) == ["completed"] * 2
    assert (await seen(relais, line.msisdn))["operator"] == HOME
    twice = await relais.post(f"/v1/orders/{out}/port-back", MISTAKE, key=uuid4().hex)
    assert (twice.status_code, twice.json()["code"]) == (409, "ported_again")
    assert await breaches(relais, [out, other, *back]) == []


async def test_a_number_that_was_ported_on_is_not_asked_back(relais: LivingRelais, fjord: Neighbour):
    line = await relais.line(HOME)
    async with neighbour(relais, "DUNE") as dune:
        out, dossier = await ask_us(relais, dune, line)
        await dune.perform(dossier, line)
        assert await relais.states([out]) == ["completed"]
        await relais.behave(line, "accept")  # DUNE's customer care knows nothing of the line
        await fjord.take_over(Line(**(vars(line) | {"operator": "DUNE"})))
    refused = await relais.post(f"/v1/orders/{out}/port-back", MISTAKE, key=uuid4().hex)
    assert (refused.status_code, refused.json()["code"]) == (409, "ported_again")


async def test_an_agreement_that_nobody_uses_ends_after_its_ninety_days(relais: LivingRelais, farewells: Farewells):
    assert await relais.states([farewells.unused]) == ["cancelled"]
    kinds = {message["kind"] for message in await relais.messages(farewells.unused)}
    assert kinds == {"port_out.requested", "port_out.expired"}
    assert await breaches(relais, [farewells.unused]) == []


async def test_a_number_that_leaves_its_quarantine_is_never_given_to_the_pool(
    relais: LivingRelais, farewells: Farewells
):
    shown = await seen(relais, farewells.line.msisdn)
    assert (shown["operator"], shown["quarantine"]) == ("FJORD", None), shown
    assert "contract_id" not in (await relais.order(farewells.left))["outcome"]
    assert not [e for e in await relais.effects() if e.effect in FREED and e.msisdn == farewells.line.msisdn]
    assert await breaches(relais, [farewells.ended, farewells.left, settlement_of(farewells.ended)]) == []


MISTAKE = {"by": "Ines", "reason": "the wrong number was ported"}
