"""The worker dies before and after every activity, in its inbox and its outbox, while orders of every ending run; what
only a port out comes by has a file of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from parties.hlr import Hlr
from stack.ports import HOST
from tests.support.end_batch import EndBatch
from tests.support.invariants import breaches
from tests.support.living_relais import HOME, LivingRelais
from tests.support.neighbour import neighbour
from tests.support.persistence import insist, until_told
from tests.support.places_of_death import places
from tests.support.sim_batch import SimBatch

PATIENCE_S = 500
PACE = "50000"
"""An agreement holds for 90 legal days: here more than two and a half real minutes, which the deaths do not use up on a
crowded machine either.
"""
SET_ASIDE_WITHIN_S = 5
"""Usually."""

BARRED_WITHIN = timedelta(seconds=PATIENCE_S)
"""A stolen SIM's, by a worker that dies on the way; how soon it is without deaths is another test's promise."""

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(PATIENCE_S + 100)]


async def give_up_when_held(relais: LivingRelais, order_id: str) -> None:
    await relais.until(order_id, "held", within_s=PATIENCE_S)
    await insist(relais, order_id, "resolve", action="give_up")


async def cancel_once_reminded(relais: LivingRelais, order_id: str) -> None:
    """A silent donor is reminded after a minute; then the customer has had enough."""
    await until_told(relais, order_id, "reminded by e-mail")
    await insist(relais, order_id, "cancel")


async def change(relais: LivingRelais, order_id: str, verb: str, **body: str) -> None:
    await relais.until(order_id, "waiting_for_day", within_s=PATIENCE_S)
    await insist(relais, order_id, verb, **body)


@asynccontextmanager
async def squatted(relais: LivingRelais, msisdns: list[str]) -> AsyncIterator[None]:
    """Another SIM of ours carries these numbers, so that the HLR refuses them at the cut-over, which is then undone."""
    hlr = Hlr(HOST, relais.stack.settings.hlr_port)
    squatters = {f"20801999999{position:04d}": msisdn for position, msisdn in enumerate(msisdns)}
    try:
        for imsi, msisdn in squatters.items():
            await hlr.put_in_service(imsi, msisdn)
        yield
        for imsi, msisdn in squatters.items():
            await hlr.forget(imsi, msisdn)
    finally:
        await hlr.aclose()


async def the_laggard_comes_back(relais: LivingRelais, deaths: Path) -> None:
    """Once somebody has died of waiting for it."""
    deadline = time.monotonic() + PATIENCE_S - 60
    while not (deaths / "evidence_await_acknowledgements.before").exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    await relais.no_faults()


async def others_port_too(relais: LivingRelais, deaths: Path) -> None:
    """A broadcast for the home routing table, and messages that belong to nothing: another one where a death of another
    kind came between the two at the first.
    """
    async with neighbour(relais) as fjord, neighbour(relais, HOME) as stranger:
        dossier = await fjord.take_over(await relais.line())
        await fjord.acknowledged_by(dossier, HOME, within_s=120)
        async with asyncio.timeout(PATIENCE_S):
            while not (deaths / "Inbox.add_dead_letter.after").exists():
                await stranger.cancel_nothing()
                await asyncio.sleep(SET_ASIDE_WITHIN_S)


async def test_wherever_the_worker_is_killed_every_order_ends_once_and_the_world_agrees(
    mortal: LivingRelais, deaths: Path
):
    relais = mortal
    began = time.monotonic()
    ends = await EndBatch.ask(relais)
    sims = await SimBatch.ask(relais)
    await relais.fault("BOREA", "outage")  # a laggard: its acknowledgements are waited for
    ordinary = await relais.lines(4)
    refused, delayed, silent, contradicted, taken = [await relais.lines(2, "DUNE") for _ in range(5)]
    for line in refused:
        await relais.behave(line, "refuse", "13")
    for line in delayed:
        await relais.behave(line, "delay")
    for line in silent:
        await relais.behave(line, "silent")
    for line in contradicted:
        await relais.behave(line, "contradict", "21")
    withdrawn, moved = [[await relais.port_in_later(line, 45) for line in await relais.lines(2)] for _ in range(2)]
    retracted = await relais.port_in_all(contradicted)
    unheard = await relais.port_in_all(silent)
    ids = [
        *(plain := await relais.port_in_all([*ordinary, *delayed])),
        *(fetched := await relais.port_in_all(await relais.lines(1), sim={"form": "esim"})),
        *await relais.port_in_all(refused),
        *withdrawn,
        *moved,
        *retracted,
        *unheard,
    ]

    async with squatted(relais, [line.msisdn for line in taken]):
        broken = await relais.port_in_all(taken)
        ids += broken
        await asyncio.gather(
            the_laggard_comes_back(relais, deaths),
            others_port_too(relais, deaths),
            *(change(relais, order_id, "cancel") for order_id in withdrawn),
            *(change(relais, order_id, "reschedule", date="+35d") for order_id in moved),
            *(give_up_when_held(relais, order_id) for order_id in [*retracted, *broken]),
            *(cancel_once_reminded(relais, order_id) for order_id in unheard),
            *sims.customers(),
            *ends.customers(),
        )
        done = await relais.ended([*ids, *sims.all, *ends.all], within_s=PATIENCE_S - (time.monotonic() - began))
    endings = [done[order_id]["state"] for order_id in ids]
    died = {mark.name for mark in deaths.iterdir()}
    print(f"{len(died)} deaths, {len(done)} orders ended in {time.monotonic() - began:.0f} s: {sorted(set(endings))}")
    assert await breaches(relais, [*ids, *sims.all, *ends.all], barred_within=BARRED_WITHIN) == []
    assert [*sims.ended_wrong(done), *ends.ended_wrong(done)] == []
    assert {done[order_id]["state"] for order_id in [*plain, *moved, *fetched]} == {"completed"}
    assert {done[order_id]["state"] for order_id in retracted} == {"rejected"}
    assert {done[order_id]["state"] for order_id in broken} == {"failed"}
    assert set(endings) == {"completed", "rejected", "cancelled", "failed"}
    assert await places(relais, on_the_way_out=False) - died == set()
