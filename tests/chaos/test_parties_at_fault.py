"""Every kind of fault at every party of a port, and outages in its worst moments: each port ends right all the same."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.invariants import breaches
from tests.support.living_relais import LivingRelais, story

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

PARTIES = ("clearing_house", "hlr", "care", "logistics", "notifications", "CIRUS")
KINDS = (
    "latency", "500", "502", "503", "429", "hang", "reset", "malformed", "huge_body", "reply_lost",
    "duplicate", "out_of_order",
)  # fmt: skip
HANG_S = 2.0
SLOT_S = 62.0
"""A deadline for an act leaves a real minute at a pace above 1; the end of a slot is one."""


@pytest_asyncio.fixture(loop_scope="session")
async def faultless(battered: LivingRelais) -> AsyncIterator[LivingRelais]:
    """The stack, without the faults that another test may have left."""
    yield battered
    await battered.no_faults()


@pytest.mark.parametrize("party", PARTIES)
async def test_ports_end_right_whatever_is_wrong_with_a_party_for_a_while(faultless: LivingRelais, party: str):
    relais = faultless
    lines = await relais.lines(len(KINDS) // 2)
    for kind in KINDS:
        more = {"delay_s": HANG_S} if kind == "hang" else {"delay_s": 1.0} if kind in ("503", "429") else {}
        await relais.fault(party, kind, count=1, **more)
    ids = await relais.port_in_all(lines)
    assert await relais.states(ids, within_s=150) == ["completed"] * len(ids)
    await relais.no_faults()  # those left over must not strike the witnesses
    assert await breaches(relais, ids) == []


async def test_a_lost_reply_to_porting_performed_is_settled_by_the_registry_and_not_undone(faultless: LivingRelais):
    relais = faultless
    await relais.fault("clearing_house", "reply_lost", call="portingperformed", count=2)
    ids = await relais.port_in_all(await relais.lines(2))
    assert await relais.states(ids) == ["completed"] * 2
    assert await breaches(relais, ids) == []


async def test_answers_damaged_on_the_stream_are_read_anew_and_not_lost(faultless: LivingRelais):
    relais = faultless
    await relais.fault("clearing_house", "malformed", call="delivery", count=2)
    ids = await relais.port_in_all(await relais.lines(3))
    assert await relais.states(ids) == ["completed"] * 3
    assert await breaches(relais, ids) == []


async def test_a_clearing_house_that_goes_away_during_the_cut_over_finds_it_finished_when_it_is_back(
    faultless: LivingRelais,
):
    relais = faultless
    order_id = await relais.port_in(await relais.line())
    await relais.until(order_id, "waiting_for_day")
    await relais.fault("clearing_house", "outage")
    waiting = await relais.until(order_id, "cutting_over")
    await asyncio.sleep(4)
    waiting = await relais.order(order_id)
    assert waiting["point_of_no_return"] is False, story(waiting)
    assert waiting["waiting_for"]["party"] == "clearing house"
    await relais.no_faults()
    assert await relais.states([order_id]) == ["completed"]
    assert await breaches(relais, [order_id]) == []


async def test_a_laggard_is_shown_waited_for_and_never_undoes_a_port(faultless: LivingRelais):
    relais = faultless
    await relais.fault("BOREA", "outage")
    line = await relais.line("DUNE")
    order_id = await relais.port_in(line)
    order = await relais.until(order_id, "broadcasting")
    while order["waiting_for"] is None:
        await asyncio.sleep(0.2)
        order = await relais.order(order_id)
    assert "BOREA" in order["waiting_for"]["party"]
    assert order["point_of_no_return"] is True
    held_by = (await relais.api.get(f"/v1/numbers/{line.msisdn}")).json()["held_by"]
    assert held_by is None  # it needs the line no longer
    await relais.no_faults()
    assert await relais.states([order_id]) == ["completed"]
    assert await breaches(relais, [order_id]) == []


async def test_an_hlr_that_is_away_for_the_whole_slot_costs_the_day_and_leaves_no_trace(faultless: LivingRelais):
    relais = faultless
    await relais.fault("hlr", "outage")
    ids = await relais.port_in_all(await relais.lines(2))
    for order_id in ids:
        await relais.until(order_id, "cutting_over")
    await asyncio.sleep(SLOT_S)
    await relais.no_faults()
    for order_id in ids:
        # At this pace the slot's real minute is more than the 90 days for which an agreement holds: a person decides.
        held = await relais.until(order_id, "held", within_s=90)
        assert held["point_of_no_return"] is False, story(held)
        assert (await relais.ask(order_id, "resolve", action="give_up")).status_code == 200
    assert await relais.states(ids) == ["failed", "failed"]
    assert await breaches(relais, ids) == []
