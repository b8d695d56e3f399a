"""The relay wakes orders that have something in their inbox: soon, until it is taken, and nobody who has ended."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from domain.authentication import Authentication, AuthenticationMethod
from domain.deliveries import DeliveryKind
from domain.lines import LineAction, LineServiceOrder
from domain.order_kinds import ORDER_KINDS
from domain.orders import Order, OrderKind, OrderState, OrderStatus
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimForm
from journal import WAKE_WORKFLOW, Journal
from runtime.relay import outbox_loop
from runtime.relay.gateway import TemporalUnavailable
from runtime.relay.outbox_loop import LEASE_S
from runtime.relay.relay import LONGEST_RETRY, NOT_STARTED_RETRY, Relay
from tests.support.api_kit import FakeTemporal
from tests.support.france import ZONE
from tests.support.journal_kit import MSISDN, NOW, acceptance, delivered, entry, order_id, record

WHO = Authentication(method=AuthenticationMethod.PORTAL)
COMMON: dict[str, Any] = {
    "line_hash": "0" * 32,
    "msisdn": MSISDN,
    "zone": ZONE,
    "authentication": WHO,
    "home": "ALIZE",
    "accepted_at": NOW,
    "accepted_at_real": NOW,
}


@pytest.fixture
def temporal() -> FakeTemporal:
    return FakeTemporal()


@pytest.fixture
def relay(journal: Journal, temporal: FakeTemporal) -> Relay:
    return Relay(journal, temporal, per_second=10_000)


def accept(journal: Journal, number: int = 1) -> None:
    """A replacement that a workflow can be started with."""
    order = SimReplacementOrder(
        order_id=order_id(number), reason=ReplacementReason.LOST, form=SimForm.ESIM, **COMMON
    ).model_dump(mode="json")
    journal.orders.accept(acceptance(number, kind="sim_replacement", order=order, accepted_at_real=datetime.now(UTC)))


def deliver(journal: Journal, event: str, number: int = 1) -> None:
    journal.inbox.receive_callback(
        "logistics",
        f"{number}:{event}",
        {},
        order_id=order_id(number),
        kind=DeliveryKind.SHIPMENT_PROGRESS,
        content={"stage": event},
        at_real=datetime.now(UTC),
    )


def left(journal: Journal, after: timedelta = timedelta(0)) -> list[str]:
    """The orders whose wakes are due then."""
    return [item.order_id for item in journal.outbox.claim(WAKE_WORKFLOW, 50, 0, datetime.now(UTC) + after)]


async def until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)


async def test_a_running_order_is_woken_at_once(
    journal: Journal, temporal: FakeTemporal, relay: Relay, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox_loop, "SWEEP_S", 60.0)
    accept(journal)
    running = asyncio.create_task(relay.run())
    await until(lambda: temporal.started)
    deliver(journal, "shipped")
    relay.wake()
    await until(lambda: temporal.wakes)
    assert temporal.wakes == [order_id(1)]
    running.cancel()


async def test_a_wake_does_not_wait_for_the_starts_of_other_orders(journal: Journal, temporal: FakeTemporal):
    accept(journal)
    await Relay(journal, temporal, per_second=10_000).sweep()
    for number in range(2, 5):
        accept(journal, number)
    deliver(journal, "shipped")
    running = asyncio.create_task(Relay(journal, temporal, per_second=0.1).run())
    await until(lambda: temporal.wakes, 5)
    assert len(temporal.started) < 4
    running.cancel()


async def test_the_wake_of_an_order_that_is_not_started_waits_a_second_and_holds_up_nobody(journal: Journal):
    class Slow(FakeTemporal):
        starts_nothing = True

        async def start(self, kind: OrderKind, order: Order, status: OrderStatus) -> None:
            if self.starts_nothing:
                raise TemporalUnavailable("slow")
            await super().start(kind, order, status)

    temporal = Slow(started={order_id(2): SimpleNamespace()})  # type: ignore[dict-item]
    relay = Relay(journal, temporal, per_second=10_000)
    accept(journal)
    accept(journal, 2)
    deliver(journal, "shipped")
    deliver(journal, "delivered")
    deliver(journal, "prepared", 2)
    await relay.sweep()
    assert temporal.wakes == [order_id(2)]
    assert left(journal) == []
    (waiting,) = journal.outbox.claim(WAKE_WORKFLOW, 50, 0, datetime.now(UTC) + NOT_STARTED_RETRY)
    assert waiting.order_id == order_id(1)
    journal.outbox.retry(waiting.id, "the second has passed", datetime.now(UTC))
    temporal.starts_nothing = False
    await relay.sweep()
    assert temporal.wakes == [order_id(2), order_id(1)]
    assert [content["stage"] for _, content in delivered(journal, order_id(1))] == ["shipped", "delivered"]


async def test_the_wake_of_an_order_that_has_ended_is_dropped(journal: Journal, temporal: FakeTemporal, relay: Relay):
    accept(journal)
    await relay.sweep()
    temporal.started.clear()  # the workflow is closed
    record(journal, entry(1, "closed", OrderState.COMPLETED, seq=1))
    deliver(journal, "inserted")
    await relay.sweep()
    assert temporal.wakes == []
    assert left(journal, timedelta(days=1)) == []


async def test_the_wake_of_an_open_order_that_temporal_does_not_know_is_kept(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal)
    await relay.sweep()
    temporal.started.clear()
    deliver(journal, "shipped")
    await relay.sweep()
    assert left(journal, LONGEST_RETRY) == [order_id(1)]


async def test_while_temporal_is_away_wakes_stay_due_and_then_leave_once(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal)
    await relay.sweep()
    temporal.away = True
    deliver(journal, "shipped")
    assert not await relay.sweep()
    assert temporal.wakes == []
    temporal.away = False
    await relay.sweep()
    assert temporal.wakes == [order_id(1)]
    await relay.sweep()
    assert temporal.wakes == [order_id(1)]


async def test_a_relay_that_was_killed_after_a_wake_wakes_again_and_the_inbox_stays_as_it_is(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal)
    await relay.sweep()
    deliver(journal, "shipped")
    (item,) = journal.outbox.claim(WAKE_WORKFLOW, 1, LEASE_S, datetime.now(UTC))  # by the one who is killed
    await temporal.wake(item.order_id)
    journal.outbox.retry(item.id, "the lease has ended", datetime.now(UTC))
    await relay.sweep()
    assert temporal.wakes == [order_id(1)] * 2
    assert len(delivered(journal, order_id(1))) == 1


async def test_every_kind_is_started_with_its_own_input_and_a_summary_without_the_number(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal, 1)
    service = LineServiceOrder(order_id=order_id(2), action=LineAction.BLOCK_HANDSET, imei="356938035643809", **COMMON)
    journal.orders.accept(acceptance(2, kind="line_service", order=service.model_dump(mode="json")))
    await relay.sweep()
    assert temporal.started[order_id(2)] == service
    replacement = temporal.started[order_id(1)]
    assert isinstance(replacement, SimReplacementOrder)
    assert (replacement.donor, replacement.recipient) == ("ALIZE", "ALIZE")
    summaries = [
        ORDER_KINDS[OrderKind.SIM_REPLACEMENT].summary(replacement),
        ORDER_KINDS[OrderKind.LINE_SERVICE].summary(service),
    ]
    assert summaries == ["SIM replacement: lost, esim", "Line service: block_handset"]
