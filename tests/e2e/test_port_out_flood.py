"""Many requests at once: all are answered in their turn, and our own customers' orders go on beside them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.living_relais import HOME, PAGE, Effect, Line, LivingRelais, as_line
from tests.support.neighbour import Neighbour, neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

REQUESTS = 100
TOLERANCE = REQUESTS * 3 // 4
"""Places by which an answer may be out of its turn: a worker has many orders in its hands at once; who starves is out
by more.
"""

ANSWERED_WITHIN_S = 60.0
"""What a donor has at least in a paced world."""


@pytest_asyncio.fixture(loop_scope="session")
async def fjord(relais: LivingRelais) -> AsyncIterator[Neighbour]:
    async with neighbour(relais) as operator:
        yield operator


@pytest_asyncio.fixture(loop_scope="session")
async def wanted(relais: LivingRelais) -> list[Line]:
    """Active lines of our own that other tests, which take from the first hundred, have no use for."""
    body = await relais.look("/admin/subscribers", operator=HOME, state="active", limit=PAGE)
    own = [item for item in body["items"] if item["range_holder"] == HOME]
    return [as_line(item) for item in own[-REQUESTS:]]


async def test_a_hundred_requests_at_once_are_answered_in_their_turn_and_a_port_in_goes_on_beside_them(
    relais: LivingRelais, fjord: Neighbour, wanted: list[Line]
):
    since = max((effect.n for effect in await relais.effects()), default=0)
    incoming, *dossiers = await asyncio.gather(
        relais.port_in(await relais.line()), *(fjord.ask_for(line) for line in wanted)
    )
    answers = await answered(relais, since, {*dossiers})
    log = await relais.effects(since)
    asked = [e for e in log if e.effect == "porting_requested" and e.detail["dossierid"] in answers]
    turns = {e.detail["dossierid"]: turn for turn, e in enumerate(asked)}
    late = [abs(turn - turns[dossier]) for turn, dossier in enumerate(answers)]
    took = [(answers[e.detail["dossierid"]].real_at - e.real_at).total_seconds() for e in asked]
    print(f"answered within {max(took):.1f} s, at most {max(late)} places out of turn")
    assert [dossier for dossier, answer in answers.items() if "blockingcode" in answer.detail] == []
    assert max(took) < ANSWERED_WITHIN_S
    assert max(late) <= TOLERANCE
    assert await relais.states([incoming]) == ["completed"]
    await asyncio.gather(*(fjord.withdraw(dossier, HOME) for dossier in dossiers))
    numbers = {line.msisdn for line in wanted}
    ids = [out["order_id"] for out in await relais.all_orders(kind="port_out") if out["msisdn"] in numbers]
    assert await relais.states(ids) == ["cancelled"] * REQUESTS


async def answered(relais: LivingRelais, since: int, dossiers: set[str]) -> dict[str, Effect]:
    """Our answers by dossier, the first answer first, once there is one for each."""
    async with asyncio.timeout(ANSWERED_WITHIN_S + 30):
        while True:
            log = [e for e in await relais.effects(since) if e.effect == "porting_answered"]
            found = {e.detail["dossierid"]: e for e in log if e.detail["dossierid"] in dossiers}
            if found.keys() == dossiers:
                return found
            await asyncio.sleep(0.5)
