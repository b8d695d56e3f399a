"""The worker dies wherever only a port out comes by, while ports out of every ending run."""

import asyncio
import time
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.invariants import breaches
from tests.support.living_departures import ask_us
from tests.support.living_relais import HOME, LivingRelais
from tests.support.neighbour import neighbour
from tests.support.out_batch import OutBatch
from tests.support.places_of_death import places

PATIENCE_S = 500
PACE = "80000"
"""An agreement that nobody uses ends after 90 legal days: here after more than a real minute and a half."""

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(PATIENCE_S + 100)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def elsewhere(mortal: LivingRelais, deaths: Path) -> None:
    """The worker lives on where another file has it die."""
    for place in await places(mortal, on_the_way_out=False):
        (deaths / place).touch()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unused(mortal: LivingRelais, elsewhere: None) -> str:
    """An agreement whose ninety days pass while other orders end: the order's id."""
    async with neighbour(mortal) as fjord:
        order_id, _ = await ask_us(mortal, fjord, await mortal.line(HOME))
    return order_id


async def test_wherever_the_worker_is_killed_a_number_that_others_ask_for_leaves_once_or_stays(
    mortal: LivingRelais, deaths: Path, unused: str
):
    began = time.monotonic()
    async with neighbour(mortal) as fjord:
        outs = await OutBatch.ask(mortal, fjord)
        await asyncio.gather(*outs.others())
    outs.cancelled.append(unused)
    done = await mortal.ended(outs.all, within_s=PATIENCE_S - (time.monotonic() - began))
    died = {mark.name for mark in deaths.iterdir()}
    killed = sum(mark.stat().st_size > 0 for mark in deaths.iterdir())
    print(f"{killed} deaths, {len(done)} orders ended in {time.monotonic() - began:.0f} s")
    assert outs.ended_wrong(done) == []
    assert await breaches(mortal, outs.all) == []
    assert await places(mortal, on_the_way_out=True) - died == set()
