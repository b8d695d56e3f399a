"""Our adapter drives a real OsmoHLR as it drives the simulated one. Runs where the program `osmo-hlr` is installed.

OsmoHLR's ports are fixed; so each start has a loopback address of its own (all of 127/8 is loopback on Linux).
"""

import asyncio
import contextlib
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from parties.errors import NotConnected, PartyRefused
from parties.hlr import Hlr, Subscriber
from parties.timeouts import Timeouts

PROGRAM = shutil.which("osmo-hlr")
CONTROL_PORT = 4259
START_PATIENCE_S = 10.0
QUICK = Timeouts(connect=1.0, read=5.0)

OLD, NEW, THIRD = "208010000000001", "208010000000002", "208010000000003"
MSISDN = "+33639980001"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="each OsmoHLR needs a loopback address of its own"),
    pytest.mark.skipif(PROGRAM is None, reason="osmo-hlr is not installed (Debian: apt install osmo-hlr)"),
]


@dataclass(frozen=True)
class OsmoHlr:
    """A running one, with an empty database."""

    address: str
    log: Path


@pytest.fixture(scope="module")
def osmo_hlr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OsmoHlr]:
    assert PROGRAM is not None
    folder = tmp_path_factory.mktemp("osmo-hlr")
    address = f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    config = folder / "osmo-hlr.cfg"
    config.write_text(
        f"line vty\n bind {address}\nctrl\n bind {address}\nhlr\n gsup\n  bind ip {address}\n", encoding="ascii"
    )
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM, "-c", str(config), "-l", str(folder / "hlr.db")], cwd=folder, stdout=output, stderr=output
        )
    yield OsmoHlr(address, log)
    process.terminate()
    process.wait(START_PATIENCE_S)


@pytest.fixture
async def hlr(osmo_hlr: OsmoHlr) -> AsyncIterator[Hlr]:
    """Our adapter, once OsmoHLR answers; it leaves no SIM of these tests behind."""
    client = Hlr(osmo_hlr.address, CONTROL_PORT, QUICK)
    try:
        async with asyncio.timeout(START_PATIENCE_S):
            while not await _answers(client):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"OsmoHLR does not answer:\n{osmo_hlr.log.read_text('utf-8')}") from None
    yield client
    for imsi in (OLD, NEW, THIRD):
        await client.ask("SET", f"subscriber.delete {imsi}")
    await client.aclose()


async def _answers(client: Hlr) -> bool:
    with contextlib.suppress(NotConnected):
        return await client.info_by_imsi(OLD) is None
    return False


async def test_a_sim_is_put_in_service_barred_and_unbarred(hlr: Hlr) -> None:
    assert await hlr.put_in_service(OLD, MSISDN) == Subscriber(imsi=OLD, msisdn=MSISDN)
    assert await hlr.bar(MSISDN) == OLD
    assert await hlr.info_by_msisdn(MSISDN) == Subscriber(imsi=OLD, msisdn=MSISDN, cs_enabled=False, ps_enabled=False)
    assert await hlr.unbar(MSISDN) == OLD
    assert await hlr.info_by_imsi(OLD) == Subscriber(imsi=OLD, msisdn=MSISDN)


async def test_a_number_moves_from_a_barred_sim_to_a_new_one_and_moving_again_changes_nothing(hlr: Hlr) -> None:
    await hlr.put_in_service(OLD, MSISDN)
    await hlr.bar(MSISDN)
    for _ in range(2):
        assert await hlr.move(MSISDN, OLD, NEW) == Subscriber(imsi=NEW, msisdn=MSISDN)
        assert await hlr.info_by_imsi(OLD) is None
        assert await hlr.carrier(MSISDN) == NEW


async def test_a_number_that_a_crash_left_on_nobody_reaches_the_new_sim(hlr: Hlr) -> None:
    await hlr.put_in_service(OLD, MSISDN)
    assert (await hlr.ask("SET", f"subscriber.by-imsi-{OLD}.msisdn none")).ok
    assert await hlr.carrier(MSISDN) is None
    await hlr.move(MSISDN, OLD, NEW)
    assert await hlr.carrier(MSISDN) == NEW
    assert await hlr.info_by_imsi(OLD) is None


async def test_a_number_on_a_third_sim_stays_there(hlr: Hlr) -> None:
    await hlr.put_in_service(THIRD, MSISDN)
    for refused in (hlr.move(MSISDN, OLD, NEW), hlr.put_in_service(NEW, MSISDN)):
        with pytest.raises(PartyRefused) as caught:
            await refused
        assert caught.value.code == "number_on_another_sim"
    assert await hlr.carrier(MSISDN) == THIRD


async def test_a_number_that_no_sim_carries_cannot_be_barred(hlr: Hlr) -> None:
    with pytest.raises(PartyRefused) as caught:
        await hlr.bar(MSISDN)
    assert caught.value.code == "number_inactive"


async def test_a_card_that_will_never_be_used_is_forgotten_and_forgetting_again_is_safe(hlr: Hlr) -> None:
    await hlr.put_in_service(OLD, MSISDN)
    for _ in range(2):
        await hlr.forget(OLD, MSISDN)
        assert await hlr.info_by_imsi(OLD) is None
        assert await hlr.carrier(MSISDN) is None


async def test_taking_a_sim_down_leaves_its_record_silent(hlr: Hlr) -> None:
    await hlr.put_in_service(OLD, MSISDN)
    await hlr.take_out_of_service(OLD, MSISDN)
    assert await hlr.info_by_imsi(OLD) == Subscriber(imsi=OLD, cs_enabled=False, ps_enabled=False)


async def test_many_moves_at_once_share_one_connection(hlr: Hlr) -> None:
    lines = [(f"+336399801{n:02}", f"2080100000001{n:02}", f"2080100000002{n:02}") for n in range(20)]
    await asyncio.gather(*(hlr.put_in_service(old, msisdn) for msisdn, old, _ in lines))
    await asyncio.gather(*(hlr.move(*line) for line in lines))
    carriers = await asyncio.gather(*(hlr.carrier(msisdn) for msisdn, _, _ in lines))
    assert carriers == [new for _, _, new in lines]
