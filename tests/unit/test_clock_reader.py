"""Reading the world's legal clock: fresh for deciding, recent for stamping."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from parties.clock import ClockReader
from parties.errors import PartyFailed, PartyUnavailable

READING: dict[str, object] = {
    "legal": "2026-11-23T01:44:10Z",
    "real": "2026-11-22T03:22:45Z",
    "pace": 20000.0,
    "world": "w1",
    "zone": "x",
}


def answering(body: dict[str, object]) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(json.dumps(body).encode()))


class FakeClock:
    """Counts its readings; `answer` may be replaced."""

    def __init__(self) -> None:
        self.readings = 0
        self.answer: Callable[[], httpx.Response] = lambda: answering(READING)

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.readings += 1
        await asyncio.sleep(0)
        return self.answer()

    def away(self) -> httpx.Response:
        raise httpx.ConnectError("refused")


@pytest.fixture
def fake() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def reader(fake: FakeClock) -> AsyncIterator[ClockReader]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(fake)) as http:
        yield ClockReader(http, "http://world.example/admin/clock")


async def test_a_reading_is_the_worlds(reader: ClockReader) -> None:
    clock = await reader.read()
    assert clock.legal == datetime(2026, 11, 23, 1, 44, 10, tzinfo=UTC)
    assert (clock.pace, clock.world) == (20000.0, "w1")


async def test_every_reading_is_fresh(reader: ClockReader, fake: FakeClock) -> None:
    await reader.read()
    await reader.read()
    assert fake.readings == 2


async def test_readings_that_overlap_share_one_request(reader: ClockReader, fake: FakeClock) -> None:
    readings = await asyncio.gather(*(reader.read() for _ in range(20)))
    assert fake.readings == 1
    assert len(set(map(id, readings))) == 1


async def test_a_caller_that_gives_up_does_not_take_the_reading_from_others(reader: ClockReader) -> None:
    impatient, patient = asyncio.create_task(reader.read()), asyncio.create_task(reader.read())
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).world == "w1"


async def test_an_unreachable_clock_is_unavailable(reader: ClockReader, fake: FakeClock) -> None:
    fake.answer = fake.away
    with pytest.raises(PartyUnavailable):
        await reader.read()


@pytest.mark.parametrize("body", [{}, {**READING, "pace": 0}, {**READING, "legal": "2026-11-23T01:44:10"}])
async def test_what_is_no_reading_is_not_believed(
    reader: ClockReader, fake: FakeClock, body: dict[str, object]
) -> None:
    fake.answer = lambda: answering(body)
    with pytest.raises(PartyFailed):
        await reader.read()


async def test_a_recent_reading_serves_again(reader: ClockReader, fake: FakeClock) -> None:
    await reader.recent()
    await reader.recent()
    assert fake.readings == 1


async def test_an_old_reading_is_renewed(reader: ClockReader, fake: FakeClock) -> None:
    await reader.recent()
    await reader.recent(max_age=-1)
    assert fake.readings == 2


async def test_the_last_reading_stamps_while_the_clock_is_away(reader: ClockReader, fake: FakeClock) -> None:
    last = await reader.recent()
    fake.answer = fake.away
    assert await reader.recent(max_age=-1) == last
    with pytest.raises(PartyUnavailable):
        await reader.read()


async def test_without_any_reading_there_is_nothing_to_stamp_with(reader: ClockReader, fake: FakeClock) -> None:
    fake.answer = fake.away
    with pytest.raises(PartyUnavailable):
        await reader.recent()


async def test_without_a_world_legal_time_is_real_time() -> None:
    async with httpx.AsyncClient() as http:
        clock = await ClockReader(http, "").read()
    assert clock.legal == clock.real
    assert clock.pace == 1
    assert datetime.now(UTC) - clock.real < timedelta(seconds=5)
