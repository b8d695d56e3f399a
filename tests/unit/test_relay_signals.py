"""The relay tells running orders what was written for them: soon, in order, and to nobody who has ended."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from domain.authentication import Authentication, AuthenticationMethod
from domain.lines import LineAction, LineServiceOrder
from domain.orders import Order, OrderKind, OrderState, OrderStatus
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimForm
from journal import SIGNAL_WORKFLOW, Journal
from runtime.relay import outbox_loop
from runtime.relay.gateway import NotTaken, TemporalUnavailable
from runtime.relay.kinds import KINDS
from runtime.relay.relay import LONGEST_RETRY, NOT_STARTED_RETRY, Relay
from tests.support.api_kit import FakeTemporal
from tests.support.france import ZONE
from tests.support.journal_kit import MSISDN, NOW, acceptance, entry, order_id, record

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


def tell(journal: Journal, event: str, number: int = 1) -> None:
    journal.inbox.receive_callback(
        "logistics",
        f"{number}:{event}",
        {},
        order_id=order_id(number),
        signal="shipment_progress",
        message={"stage": event},
        at_real=datetime.now(UTC),
    )


def told(temporal: FakeTemporal) -> list[str]:
    return [message["stage"] for _, _, message in temporal.signals]


def left(journal: Journal, after: timedelta = timedelta(0)) -> list[str]:
    """The signals that are due then."""
    due = journal.outbox.claim(SIGNAL_WORKFLOW, 50, 0, datetime.now(UTC) + after)
    return [item.payload["message"]["stage"] for item in due]


async def until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)


async def test_a_signal_reaches_its_running_order_at_once(
    journal: Journal, temporal: FakeTemporal, relay: Relay, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox_loop, "SWEEP_S", 60.0)
    accept(journal)
    running = asyncio.create_task(relay.run())
    await until(lambda: temporal.started)
    tell(journal, "shipped")
    relay.wake()
    await until(lambda: temporal.signals)
    assert temporal.signals == [(order_id(1), "shipment_progress", {"stage": "shipped"})]
    running.cancel()


async def test_a_signal_does_not_wait_for_the_starts_of_other_orders(journal: Journal, temporal: FakeTemporal):
    accept(journal)
    await Relay(journal, temporal, per_second=10_000).sweep()
    for number in range(2, 5):
        accept(journal, number)
    tell(journal, "shipped")
    running = asyncio.create_task(Relay(journal, temporal, per_second=0.1).run())
    await until(lambda: temporal.signals, 5)
    assert len(temporal.started) < 4
    running.cancel()


async def test_a_signal_to_an_order_that_is_not_started_waits_a_second_and_those_after_it_wait_too(journal: Journal):
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
    tell(journal, "shipped")
    tell(journal, "delivered")
    tell(journal, "prepared", 2)
    await relay.sweep()
    assert told(temporal) == ["prepared"]  # nobody else waits
    assert left(journal) == []
    waiting = journal.outbox.claim(SIGNAL_WORKFLOW, 50, 0, datetime.now(UTC) + NOT_STARTED_RETRY)
    assert [item.payload["message"]["stage"] for item in waiting] == ["shipped", "delivered"]
    for item in waiting:
        journal.outbox.retry(item.id, "the second has passed", datetime.now(UTC))
    temporal.starts_nothing = False
    await relay.sweep()
    assert told(temporal) == ["prepared", "shipped", "delivered"]


async def test_a_signal_to_an_order_that_has_ended_is_needed_by_nobody(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal)
    await relay.sweep()
    temporal.started.clear()  # the workflow is closed
    record(journal, entry(1, "closed", OrderState.COMPLETED, seq=1))
    tell(journal, "inserted")
    await relay.sweep()
    assert temporal.signals == []
    assert left(journal, timedelta(days=1)) == []


async def test_a_signal_to_an_open_order_that_temporal_does_not_know_is_kept(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal)
    await relay.sweep()
    temporal.started.clear()
    tell(journal, "shipped")
    await relay.sweep()
    assert left(journal, LONGEST_RETRY) == ["shipped"]


async def test_while_temporal_is_away_signals_stay_due(journal: Journal, temporal: FakeTemporal, relay: Relay):
    accept(journal)
    await relay.sweep()
    temporal.away = True
    tell(journal, "shipped")
    assert not await relay.sweep()
    assert temporal.signals == []
    temporal.away = False
    await relay.sweep()
    assert told(temporal) == ["shipped"]
    await relay.sweep()
    assert told(temporal) == ["shipped"]


async def test_a_signal_that_temporal_refuses_does_not_stop_the_others(journal: Journal):
    class Picky(FakeTemporal):
        async def signal(self, order_id: str, name: str, message: dict[str, Any]) -> None:
            if message["stage"] == "odd":
                raise NotTaken
            await super().signal(order_id, name, message)

    temporal = Picky()
    relay = Relay(journal, temporal, per_second=10_000)
    accept(journal, 1)
    accept(journal, 2)
    await relay.sweep()
    tell(journal, "odd", 1)
    tell(journal, "shipped", 2)
    await relay.sweep()
    assert told(temporal) == ["shipped"]
    assert left(journal, timedelta(hours=1)) == ["odd"]


async def test_every_kind_is_started_with_its_own_input_and_a_summary_without_the_number(
    journal: Journal, temporal: FakeTemporal, relay: Relay
):
    accept(journal, 1)
    service = LineServiceOrder(order_id=order_id(2), action=LineAction.BLOCK_HANDSET, imei="356938035643809", **COMMON)
    journal.orders.accept(acceptance(2, kind="line_service", order=service.model_dump(mode="json"), holds_line=False))
    await relay.sweep()
    assert temporal.started[order_id(2)] == service
    replacement = temporal.started[order_id(1)]
    assert isinstance(replacement, SimReplacementOrder)
    assert (replacement.donor, replacement.recipient) == ("ALIZE", "ALIZE")
    summaries = [KINDS[OrderKind.SIM_REPLACEMENT].summary(replacement), KINDS[OrderKind.LINE_SERVICE].summary(service)]
    assert summaries == ["SIM replacement: lost, esim", "Line service: block_handset"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_input_of_every_kind_has_what_an_order_is_listed_by(kind: OrderKind):
    order: type[BaseModel] = KINDS[kind].order
    for name in ("order_id", "line_hash", "donor", "recipient"):
        assert name in order.model_fields or isinstance(getattr(order, name), property)
