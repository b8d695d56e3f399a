"""Two engines port numbers to and fro in one world, each seeing only its own side."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.invariants import twice, who_serves, windows
from tests.support.living_relais import Line, story
from tests.support.port_out_invariants import ended_once, rerouted, servers
from tests.support.sizes import size
from tests.support.two_engines import TwoEngines, ask_back, content, let_go, ports_out, private_to, two_engines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

TIMES = size(8, full=20)
EACH_WAY = size(20, full=50)
UNHURRIED = "40000"
"""The pace for many at once: the 90 days of an agreement last longer than a crowded machine needs for all of them."""

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
        about = [effect for effect in log if effect.msisdn in numbers]
        found += ended_once(about, [order for number in numbers for order in await ports_out(side, number)], side.home)
        own, foreign = (private_to(each.home, log, lines) for each in (side, both.other(side)))
        kept = content(side)
        found += [f"{side.home} knows {word}" for word in foreign if word in kept]
        found += [] if any(word in kept for word in own) else [f"{side.home} knows not even its own side"]
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


async def test_many_numbers_cross_both_ways_at_once(tmp_path: Path):
    async with two_engines(tmp_path, UNHURRIED) as both:  # first of all, while no other pair takes its share
        goes = [(line, both.other(side)) for side in both.sides for line in await both.alize.lines(EACH_WAY, side.home)]
        lines = {line.msisdn: line for line, _ in goes}
        orders = await asyncio.gather(*(to.port_in(line) for line, to in goes))
        for side in both.sides:
            ours = [order for order, (_, to) in zip(orders, goes, strict=True) if to is side]
            ended = await side.ended(ours, within_s=250)
            assert Counter(order["state"] for order in ended.values()) == {"completed": EACH_WAY}, odd(ended.values())
        left = [order for line, to in goes for order in await let_go(both.other(to), line.msisdn)]
        assert Counter(order["state"] for order in left) == {"completed": 2 * EACH_WAY}, odd(left)
        log = await both.alize.effects()
        performed = [effect.msisdn for effect in log if effect.effect == "porting_performed"]
        assert sorted(map(str, performed)) == sorted(lines)
        assert await breaches(both, [*lines.values()], {line.msisdn: to.home for line, to in goes}) == []


async def test_one_number_goes_to_and_fro_many_times(both: TwoEngines):
    first = line = await both.alize.line("ALIZE")
    to = both.borea
    rios = [line.rio]
    for _ in range(TIMES):
        line = await both.port(line, to)
        rios.append(line.rio)
        to = both.other(to)
    assert servers(await both.alize.effects(), first.msisdn) == ["BOREA", "ALIZE"] * (TIMES // 2)
    assert len(set(rios)) == TIMES + 1
    assert await breaches(both, [first], {first.msisdn: "ALIZE"}) == []


async def test_a_number_that_left_by_mistake_is_asked_back_without_a_rio_until_it_has_moved_again(both: TwoEngines):
    first = await both.alize.line("ALIZE")
    await both.port(first, both.borea)
    (left,) = await ports_out(both.alize, first.msisdn)
    back = await both.ported_back(both.alize, left["order_id"], first.msisdn)
    assert (back["links"]["port_back_of"], back["outcome"]["served_by"]) == (f"/v1/orders/{left['order_id']}", "ALIZE")
    again = await ask_back(both.alize, left["order_id"])
    assert (again.status_code, again.json()["code"]) == (409, "ported_again")
    assert await breaches(both, [first], {first.msisdn: "ALIZE"}) == []


def odd(orders: Iterable[dict[str, Any]]) -> str:
    """The first of the orders that did not complete, for the one who reads a failed test."""
    return next((story(order) for order in orders if order["state"] != "completed"), "")
