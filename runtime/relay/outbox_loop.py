"""A loop over one kind of outbox items: carried out one after the other, oldest first, however often this process or
Temporal goes away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog

from journal import Journal, OutboxItem
from runtime.relay.gateway import TemporalUnavailable
from runtime.threads import in_thread

SWEEP_S = 1.0
LEASE_S = 5.0
"""So long an order waits when a process was killed between claim and start, and with it the bar of a stolen SIM. A call
that takes longer may be repeated by another process, which changes nothing.
"""

BATCH = 20
ROOM_LOOK_S = 0.1
LONGEST_PAUSE_S = 10.0

_log = structlog.get_logger(__name__)


class PutOff(Exception):
    """The item cannot be carried out now; the others can. `reason` is kept in clear: no personal data."""

    def __init__(self, reason: str, pause: timedelta) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


class OutboxLoop:
    """Claims what is due, woken by each commit that queues something and looking by itself every second. `carry_out`
    raises `PutOff` for an item that has to wait and `TemporalUnavailable` when all have to. `room`: how many there is
    room for now; while there is none, the oldest goes on every second all the same.
    """

    def __init__(
        self,
        journal: Journal,
        kind: str,
        carry_out: Callable[[OutboxItem], Awaitable[None]],
        gap_s: float = 0.0,
        room: Callable[[], int] | None = None,
    ) -> None:
        self._journal = journal
        self._kind = kind
        self._carry_out = carry_out
        self._gap_s = gap_s
        self._room = room
        self._woken = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                more = await self.sweep()
            except Exception as error:  # noqa: BLE001 - the journal may be busy or away; the loop must outlive it
                _log.warning("relay_failed", kind=self._kind, error=type(error).__name__)
                self._failures += 1
                more = False
            if self._failures:
                await asyncio.sleep(min(LONGEST_PAUSE_S, SWEEP_S * 2 ** (self._failures - 1)))
            elif not more:
                await self._pause()

    async def sweep(self) -> bool:
        """Carries out what is due, one batch; True when there may be more. Without Temporal everything stays due."""
        self._woken.clear()
        most = BATCH if self._room is None else await self._most(self._room)
        items = await in_thread(self._journal.outbox.claim, self._kind, most, LEASE_S, datetime.now(UTC))
        waiting: dict[str, PutOff] = {}  # what comes after in the same order waits with it
        for position, item in enumerate(items):
            began = asyncio.get_running_loop().time()
            try:
                if item.order_id in waiting:
                    raise waiting[item.order_id]
                await self._carry_out(item)
            except PutOff as error:
                waiting[item.order_id] = error
                await in_thread(self._journal.outbox.retry, item.id, error.reason, datetime.now(UTC) + error.pause)
                continue
            except TemporalUnavailable as error:
                self._failures += 1
                _log.warning("temporal_unavailable", kind=self._kind, failures=self._failures, reason=str(error))
                await self._give_back(items[position:], "TemporalUnavailable")
                return False
            await in_thread(self._journal.outbox.mark_done, item.id)
            await asyncio.sleep(max(0.0, began + self._gap_s - asyncio.get_running_loop().time()))
        self._failures = 0
        return len(items) == most

    async def _most(self, room: Callable[[], int]) -> int:
        """How many may be claimed now; it has been waited for."""
        for _ in range(int(SWEEP_S / ROOM_LOOK_S)):
            if (there := await in_thread(room)) > 0:
                return min(BATCH, there)
            await asyncio.sleep(ROOM_LOOK_S)
        return 1

    async def _give_back(self, items: list[OutboxItem], error_class: str) -> None:
        now = datetime.now(UTC)
        for item in items:
            await in_thread(self._journal.outbox.retry, item.id, error_class, now)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_S):
                await self._woken.wait()
        except TimeoutError:
            pass
