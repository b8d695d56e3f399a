"""The outbox relay: starts the workflow of every accepted order, however often this process or Temporal goes away.

Acceptance writes the order and the wish to start its workflow in one transaction; this loop carries the wishes out,
woken by each acceptance and looking by itself every second. The workflow's id is the order's, so that a wish carried
out twice starts one workflow.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import ValidationError

from api.gateway import TemporalGateway, TemporalUnavailable
from api.threads import in_thread
from domain.orders import OrderStatus
from domain.port_in import PortInOrder
from journal import START_WORKFLOW, Journal, OutboxItem

SWEEP_S = 1.0
LEASE_S = 60.0
BATCH = 20
LONGEST_PAUSE_S = 10.0
UNREADABLE_RETRY = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


class StartRelay:
    """Starts workflows at most `per_second` (Temporal slows down when starts come faster than first tasks are done)."""

    def __init__(self, journal: Journal, temporal: TemporalGateway, per_second: float) -> None:
        self._journal = journal
        self._temporal = temporal
        self._gap = 1 / per_second
        self._woken = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """There is something to start."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                more = await self.sweep()
            except Exception as error:  # noqa: BLE001 - the journal may be busy or away; the loop must outlive it
                _log.warning("relay_failed", error=type(error).__name__)
                self._failures += 1
                more = False
            if self._failures:
                await asyncio.sleep(min(LONGEST_PAUSE_S, SWEEP_S * 2 ** (self._failures - 1)))
            elif not more:
                await self._pause()

    async def sweep(self) -> bool:
        """Starts what is due, one batch; True when there may be more. Without Temporal everything stays due."""
        self._woken.clear()
        items = await in_thread(self._journal.claim, START_WORKFLOW, BATCH, LEASE_S, datetime.now(UTC))
        for position, item in enumerate(items):
            try:
                await self._start(item)
            except TemporalUnavailable as error:
                self._failures += 1
                _log.warning("temporal_unavailable", failures=self._failures, reason=str(error))
                await self._give_back(items[position:], "TemporalUnavailable")
                return False
        self._failures = 0
        return len(items) == BATCH

    async def _start(self, item: OutboxItem) -> None:
        try:
            order = PortInOrder.model_validate(item.payload["order"])
            status = OrderStatus.model_validate(item.payload["status"])
        except (KeyError, ValidationError) as error:
            # Written by a newer version, perhaps: kept for one that can read it.
            _log.error("outbox_unreadable", order_id=item.order_id, error=type(error).__name__)
            again = datetime.now(UTC) + UNREADABLE_RETRY
            await in_thread(self._journal.retry, item.id, type(error).__name__, again)
            return
        began = asyncio.get_running_loop().time()
        await self._temporal.start(order, status)
        await in_thread(self._journal.done, item.id)
        _log.info("workflow_started", order_id=item.order_id, attempts=item.attempts)
        await asyncio.sleep(max(0.0, began + self._gap - asyncio.get_running_loop().time()))

    async def _give_back(self, items: list[OutboxItem], error_class: str) -> None:
        now = datetime.now(UTC)
        for item in items:
            await in_thread(self._journal.retry, item.id, error_class, now)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_S):
                await self._woken.wait()
        except TimeoutError:
            pass
