"""Two engines port numbers to and fro in one world, each seeing only its own side."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
import pytest_asyncio

from tests.support.invariants import twice, who_serves, windows
from tests.support.living_relais import Line, story
from tests.support.port_out_invariants import ended_once, rerouted, servers
from tests.support.two_engines import TwoEngines, content, let_go, ports_out, private_to, two_engines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

TIMES = 20
EACH_WAY = 50
QUIET_S = 60.0
"""Real seconds within which everybody agrees once nothing moves."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoEngines]:
    async with two_engines(tmp_path_factory.mktemp("two")) as engines:
        yield engines


async def breaches(both: TwoEngines, lines: list[Line], served_by: dict[str, str]) -> list[str]:
    """What does not hold of these lines, as they were when the world began; `served_by`: who has each number now."""
    log = await both.alize.effects()
    found = [*windows(log, lines), *twice(log)]
    for line in lines:
        found += rerouted(log, line.msisdn)
    for side in both.sides:
        numbers = {line.msisdn for line in lines}
        own = [effect for effect in log if effect.msisdn in numbers]
        found += ended_once(own, [order for number in numbers for order in await ports_out(side, number)], side.home)
        foreign = private_to(both.other(side).home, log, lines)
        kept = content(side)
        found += [f"{side.home} knows {word}" for word in foreign if word in kept]
    disagreement: dict[str, list[str]] = {}
    for _ in range(int(QUIET_S / 0.5)):
        disagreement = {
            number: said
            for number, operator in served_by.items()
            if (said := who_serves(await both.alize.number(number), operator))
        }
        if not disagreement:
            break
        await asyncio.sleep(0.5)
    return [*found, *(f"{number}: {said}" for number, said in disagreement.items())]


async def test_one_number_goes_to_and_fro_twenty_times(both: TwoEngines):
    first = line = await both.alize.line("ALIZE")
    to = both.borea
    rios = [line.rio]
    for _ in range(TIMES):
        line = await both.port(line, to)
        rios.append(line.rio)
        to = both.other(to)
    log = await both.alize.effects()
    assert servers(log, first.msisdn) == ["BOREA", "ALIZE"] * (TIMES // 2)
    assert len(set(rios)) == TIMES + 1
    assert await breaches(both, [first], {first.msisdn: "ALIZE"}) == []


async def test_a_hundred_numbers_cross_both_ways_at_once(both: TwoEngines):
    goes = [(line, both.other(side)) for side in both.sides for line in await both.alize.lines(EACH_WAY, side.home)]
    lines = [line for line, _ in goes]
    since = (await both.alize.effects())[-1].n
    orders = await asyncio.gather(*(to.port_in(line) for line, to in goes))
    for side in both.sides:
        ours = [order for order, (_, to) in zip(orders, goes, strict=True) if to is side]
        ended = await side.ended(ours, within_s=200)
        assert Counter(order["state"] for order in ended.values()) == {"completed": EACH_WAY}, odd(ended.values())
    left = [order for line, to in goes for order in await let_go(both.other(to), line.msisdn)]
    assert Counter(order["state"] for order in left) == {"completed": 2 * EACH_WAY}, odd(left)
    moved = Counter(effect.effect for effect in await both.alize.effects(since))
    assert moved["porting_performed"] == 2 * EACH_WAY
    assert await breaches(both, lines, {line.msisdn: to.home for line, to in goes}) == []


def odd(orders: Iterable[dict[str, Any]]) -> str:
    """The first of the orders that did not complete, for the one who reads a failed test."""
    return next((story(order) for order in orders if order["state"] != "completed"), "")
