"""Temporal, the simulated world, the API and the worker are killed while ports run; every port ends once."""

import asyncio
import time
from datetime import timedelta

import pytest

from tests.support.invariants import breaches
from tests.support.living_relais import HOME, LivingRelais
from tests.support.living_sims import BY_CODE, PORTAL, replace_sim, show_who_he_is
from tests.support.neighbour import neighbour
from tests.support.out_batch import OutBatch

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

RECOVERY_S = 15.0
STOP_S = 5.0


async def killed(relais: LivingRelais, *names: str, pause_s: float = 1.0) -> None:
    """SIGKILL one after the other; the stack starts each again."""
    for name in names:
        await asyncio.sleep(pause_s)
        await relais.stack.wait_ready(name)
        await relais.stack.kill(name)
    for name in names:
        await relais.stack.wait_ready(name)


async def test_twenty_ports_outlive_three_kills_of_temporal(battered: LivingRelais):
    ids = await battered.port_in_all(await battered.lines(20))
    await killed(battered, "temporal", "temporal", "temporal")
    assert await battered.states(ids, within_s=150) == ["completed"] * 20
    assert await breaches(battered, ids) == []


async def test_ports_outlive_the_death_of_the_world_that_they_run_in(battered: LivingRelais):
    ids = await battered.port_in_all(await battered.lines(8, "DUNE"))
    await killed(battered, "simulator", "simulator", pause_s=0.7)
    assert await battered.states(ids, within_s=120) == ["completed"] * 8
    assert await breaches(battered, ids) == []


async def test_what_the_api_accepted_is_started_by_its_next_life(battered: LivingRelais):
    lines = await battered.lines(8, "BOREA")
    bodies = [battered.request(line) for line in lines]
    answers = await asyncio.gather(
        *(battered.post("/v1/port-ins", body, key=f"orphan-{body['rio']}") for body in bodies)
    )
    await battered.stack.kill("api")
    assert {answer.status_code for answer in answers} == {202}
    ids = [answer.json()["order_id"] for answer in answers]
    battered.ported |= dict(zip(ids, lines, strict=True))
    await battered.stack.wait_ready("api")
    assert await battered.states(ids, within_s=90) == ["completed"] * 8
    assert await breaches(battered, ids) == []


async def test_what_phones_and_post_tell_while_nobody_listens_is_told_again_and_no_signal_is_lost(
    battered: LivingRelais,
):
    by_code, *lines = await battered.lines(9, HOME)
    ids = [await replace_sim(battered, by_code, "upgrade", "esim", BY_CODE)]
    for position, line in enumerate(lines):
        reason, form = ("lost", "esim") if position % 2 else ("damaged", "physical")
        ids.append(await replace_sim(battered, line, reason, form, PORTAL))
    await show_who_he_is(battered, ids[0])
    await battered.stack.kill("api")  # the code's signal is in the outbox; profiles are under way
    await battered.stack.kill("simulator")
    await battered.stack.wait_ready("simulator")
    await battered.stack.wait_ready("api")
    assert await battered.states(ids, within_s=120) == ["completed"] * len(ids)
    assert await breaches(battered, ids, barred_within=timedelta(seconds=2 * RECOVERY_S)) == []


async def test_numbers_that_others_ask_for_leave_although_api_world_and_temporal_die_meanwhile(battered: LivingRelais):
    async with neighbour(battered) as fjord:
        outs = await OutBatch.ask(battered, fjord)
        await asyncio.gather(*outs.others(), killed(battered, "api", "simulator", "temporal", pause_s=1.5))
    done = await battered.ended(outs.all, within_s=120)
    assert outs.ended_wrong(done) == []
    assert await breaches(battered, outs.all) == []


async def test_orders_move_on_soon_after_their_worker_has_died(battered: LivingRelais):
    order_id = await battered.port_in_later(await battered.line("DUNE"), 50)
    ids = await battered.port_in_all(await battered.lines(6, "DUNE"))
    await battered.until(order_id, "waiting_for_day")
    await battered.stack.kill("worker")
    died = time.monotonic()
    await battered.stack.wait_ready("worker")
    ready = time.monotonic() - died
    answer = await battered.ask(order_id, "cancel")
    moved = time.monotonic() - died
    print(f"worker ready again after {ready:.1f} s, a waiting order moved on after {moved:.1f} s")
    assert answer.status_code == 200, answer.text
    assert moved < RECOVERY_S
    assert await battered.states(ids) == ["completed"] * 6
    print(f"six ports under way ended {time.monotonic() - died:.1f} s after the death")
    assert await battered.states([order_id]) == ["cancelled"]
    assert await breaches(battered, [*ids, order_id]) == []


async def test_the_worker_stops_cleanly_in_time_with_ports_under_way_and_a_party_that_hangs(battered: LivingRelais):
    await battered.fault("care", "hang", delay_s=30)
    ids = await battered.port_in_all(await battered.lines(4, "DUNE"))
    await battered.until(ids[-1], "reserving")
    await asyncio.sleep(0.5)
    asked = time.monotonic()
    await battered.stack.stop("worker")
    took = time.monotonic() - asked
    print(f"worker stopped in {took:.1f} s")
    await battered.no_faults()
    log = battered.stack.log_file("worker").read_text(encoding="utf-8")
    await battered.stack.start("worker")  # whatever is found now, the other tests need it
    assert log.rstrip().splitlines()[-1].count("worker_stopped") == 1
    assert took < STOP_S
    assert await battered.states(ids) == ["completed"] * 4
    assert await breaches(battered, ids) == []
