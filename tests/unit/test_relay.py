"""The relay starts every accepted order once Temporal is there, in the background, at a bounded rate."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest

from domain.orders import JournalEntry, OrderState, OrderStatus
from journal import START_WORKFLOW, Acceptance
from runtime.relay import outbox_loop
from runtime.relay.outbox_loop import LEASE_S
from runtime.relay.relay import REQUESTS_IN_HAND, Relay
from tests.support.api_kit import MSISDN, Api
from tests.support.donor_home import port_out
from tests.support.journal_kit import NOW, REAL, acceptance


async def until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_an_acceptance_wakes_the_running_relay_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outbox_loop, "SWEEP_S", 60.0)
    async with Api(tmp_path) as api:
        running = asyncio.create_task(api.context.relay.run())
        await asyncio.sleep(0.1)
        order_id = await api.accepted()
        await until(lambda: order_id in api.temporal.started)
        running.cancel()


async def test_the_running_relay_catches_up_after_an_outage_of_temporal(tmp_path: Path):
    async with Api(tmp_path) as api:
        api.temporal.away = True
        running = asyncio.create_task(api.context.relay.run())
        ids = {await api.accepted(f"key-{n}", msisdn=f"+3363998000{n}") for n in range(5)}
        await asyncio.sleep(0.1)
        api.temporal.away = False
        await until(lambda: set(api.temporal.started) == ids)
        running.cancel()


async def test_a_relay_that_was_killed_after_the_start_starts_again_under_the_same_id(tmp_path: Path):
    async with Api(tmp_path) as api:
        order_id = await api.accepted()
        past = datetime.now(UTC) - timedelta(seconds=LEASE_S + 1)
        api.journal.outbox.retry(1, "moved to the past", past - timedelta(seconds=1))
        (item,) = api.journal.outbox.claim(START_WORKFLOW, 1, LEASE_S, past)  # claimed by the one who was killed
        assert item.order_id == order_id
        await api.context.relay.sweep()
        assert list(api.temporal.started) == [order_id]
        assert not api.journal.outbox.awaits_start(order_id)


async def test_an_unreadable_item_does_not_stop_the_others(tmp_path: Path):
    async with Api(tmp_path) as api:
        api.journal.orders.accept(acceptance(7, order={"written by": "a newer version"}))
        order_id = await api.accepted()
        await api.context.relay.sweep()
        assert list(api.temporal.started) == [order_id]
        assert api.journal.outbox.awaits_start(acceptance(7).order_id)


async def test_starts_are_no_faster_than_their_rate(tmp_path: Path):
    async with Api(tmp_path) as api:
        for number in range(1, 7):
            await api.accepted(f"key-{number}", msisdn=f"+3363998000{number}")
        began = time.monotonic()
        await Relay(api.journal, api.temporal, per_second=20).sweep()
        assert len(api.temporal.started) == 6
        assert time.monotonic() - began >= 5 / 20


async def test_a_journal_that_fails_does_not_end_the_loop(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    class Flaky:
        looks = 0

        @property
        def outbox(self) -> Self:
            return self

        def claim(self, *_: object) -> list[object]:
            self.looks += 1
            if self.looks <= 2:  # each of the two loops
                raise OSError(MSISDN)
            return []

    async with Api(tmp_path) as api:
        flaky = Flaky()
        running = asyncio.create_task(Relay(flaky, api.temporal, per_second=100).run())  # type: ignore[arg-type]
        await until(lambda: flaky.looks >= 4)
        running.cancel()
    assert MSISDN not in caplog.text


def requested(number: int) -> Acceptance:
    """Another operator's request for a number of ours."""
    order = port_out(number, msisdn=f"+3363999{number:04d}").model_dump(mode="json")
    asked = acceptance(number, kind="port_out", msisdn=order["msisdn"], order=order, key=f"a request {number}")
    return asked.model_copy(update={"order_id": order["order_id"]})


async def test_a_flood_of_requests_is_started_in_its_order_a_few_at_a_time_and_holds_up_no_customer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox_loop, "SWEEP_S", 0.2)
    async with Api(tmp_path) as api:
        wanted = [requested(number) for number in range(1, 51)]
        for each in wanted:
            api.journal.orders.accept(each)
        own = await api.accepted()
        relay, ids = api.context.relay, [each.order_id for each in wanted]
        while len(api.temporal.started) <= REQUESTS_IN_HAND:
            await relay.sweep()
        assert own in api.temporal.started
        assert [each for each in api.temporal.started if each != own] == ids[:REQUESTS_IN_HAND]
        for order_id in ids[:10]:
            waits = OrderStatus(state=OrderState.PENDING, stage="agreed")
            api.journal.orders.record(
                JournalEntry(order_id=order_id, key="1:agreed", seq=1, status=waits), at_legal=NOW, at_real=REAL
            )
        await relay.sweep()
        assert [each for each in api.temporal.started if each != own] == ids[: REQUESTS_IN_HAND + 10]


async def test_requests_that_nobody_works_on_though_they_were_started_do_not_stop_the_others_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox_loop, "SWEEP_S", 0.2)
    async with Api(tmp_path) as api:
        for number in range(1, REQUESTS_IN_HAND + 3):
            api.journal.orders.accept(requested(number))
        while len(api.temporal.started) < REQUESTS_IN_HAND:
            await api.context.relay.sweep()
        await api.context.relay.sweep()
        assert len(api.temporal.started) == REQUESTS_IN_HAND + 1
