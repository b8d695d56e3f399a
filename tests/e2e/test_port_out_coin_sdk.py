"""The clearing house's official client, unmodified, plays FJORD and asks the running engine for its numbers."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.coin import CoinOperator, Event
from tests.support.invariants import breaches
from tests.support.living_departures import departs, ids_out
from tests.support.living_relais import HOME, Line, LivingRelais
from tests.support.living_sims import serve

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy nor credentials of the machine come between client and loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("NETRC", "/dev/null")


@pytest.fixture
def fjord(relais: LivingRelais) -> Iterator[CoinOperator]:
    operator = CoinOperator(relais.stack.simulator_url, relais.stack.settings.state_dir)
    operator.listen()
    yield operator
    operator.close()


def digits(line: Line) -> str:
    """The number as it is on the wire."""
    return "0" + line.msisdn[3:]


async def asks(relais: LivingRelais, fjord: CoinOperator, rio: str, *lines: Line) -> tuple[list[str], str]:
    """FJORD asks for numbers in one dossier: their orders and the dossier."""
    dossier = fjord.new_dossier()
    before = {line.msisdn: await ids_out(relais, line) for line in lines}
    number, *others = map(digits, lines)
    await blocking(fjord.sender.send_message, fjord.request(dossier, HOME, number, rio, *others))
    return [await departs(relais, line, dossier, fjord.code, before[line.msisdn]) for line in lines], dossier


async def hears(fjord: CoinOperator, kind: str, dossier: str) -> Event:
    """What the client's receiver hands over, confirmed."""
    return await blocking(fjord.expect, kind, dossier)


async def blocking(call: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(call, *arguments)


async def test_the_official_client_gets_a_yes_a_no_and_a_delay_and_performs_and_cancels(
    relais: LivingRelais, fjord: CoinOperator
):
    gone, wrong, locked, kept = await relais.lines(4, HOME)
    assert await relais.states([await serve(relais, locked, "lock")]) == ["completed"]
    rios = [(gone, gone.rio), (wrong, gone.rio), (locked, locked.rio), (kept, kept.rio)]
    asked = [await asks(relais, fjord, rio, line) for line, rio in rios]
    ids = [order_id for ours, _ in asked for order_id in ours]
    agreed, refused, delayed, withdrawn = [dossier for _, dossier in asked]

    yes = (await hears(fjord, "portingrequestanswer", agreed)).body
    assert yes.blocking == "N"
    first = yes.repeats[0].seq.firstpossibledate
    await blocking(fjord.sender.send_message, fjord.performed(agreed, HOME, digits(gone), first))
    assert await relais.states(ids[:1]) == ["completed"]

    no = (await hears(fjord, "portingrequestanswer", refused)).body
    assert (no.blocking, no.repeats[0].seq.blockingcode) == ("Y", "13")
    assert len((await hears(fjord, "pradelayed", delayed)).body.answerduedatetime) == 14
    assert await relais.states([await serve(relais, locked, "unlock")]) == ["completed"]
    assert (await hears(fjord, "portingrequestanswer", delayed)).body.blocking == "N"

    assert (await hears(fjord, "portingrequestanswer", withdrawn)).body.blocking == "N"
    for dossier in (withdrawn, delayed):
        await blocking(fjord.sender.send_message, fjord.cancel(dossier, HOME))
    assert await relais.states(ids) == ["completed", "rejected", "cancelled", "cancelled"]
    assert await breaches(relais, ids) == []


async def test_numbers_of_one_dossier_are_answered_one_by_one_in_one_message_and_the_good_one_leaves(
    relais: LivingRelais, fjord: CoinOperator
):
    good, *wrong = await relais.lines(3, HOME)
    ids, dossier = await asks(relais, fjord, good.rio, good, *wrong)
    answer = (await hears(fjord, "portingrequestanswer", dossier)).body
    said = {repeat.seq.numberseries.start: vars_of(repeat.seq) for repeat in answer.repeats}
    assert answer.blocking == "N"
    assert {number: seq.get("blockingcode") for number, seq in said.items()} == {
        digits(good): None,
        **dict.fromkeys(map(digits, wrong), "13"),
    }
    first = said[digits(good)]["firstpossibledate"]
    await blocking(fjord.sender.send_message, fjord.performed(dossier, HOME, digits(good), first))
    assert await relais.states(ids) == ["completed", "rejected", "rejected"]
    log = await relais.effects()
    answers = [e for e in log if e.effect == "porting_answered" and e.detail["dossierid"] == dossier]
    assert len(answers) == 1
    assert await breaches(relais, ids) == []


def vars_of(seq: Any) -> dict[str, Any]:
    """The fields of an object that the client has made of JSON."""
    return dict(seq._asdict())
