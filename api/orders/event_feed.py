"""Tells open event streams that their order has news. One look at the journal serves all of them, and none is open: no
look.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from journal import Journal
from runtime.threads import in_thread

LOOK_S = 0.25

MOST_EVENTS = 1000
"""With more news than this nobody asks whose they are: every watcher looks for itself."""

_log = structlog.get_logger(__name__)


class Feed:
    """Wakes the watchers of an order when its events have grown, whichever process wrote them."""

    def __init__(self, journal: Journal, look_s: float = LOOK_S) -> None:
        self._journal = journal
        self._look_s = look_s
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._anybody = asyncio.Event()
        self._last = 0
        self.closing = False

    @contextmanager
    def watch(self, order_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at each change of the order; whoever waits for it clears it."""
        news = asyncio.Event()
        self._watchers[order_id].add(news)
        self._anybody.set()
        try:
            yield news
        finally:
            self._watchers[order_id].discard(news)
            if not self._watchers[order_id]:
                del self._watchers[order_id]
            if not self._watchers:
                self._anybody.clear()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._anybody.wait()
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the journal may be busy or away; streams go on when it is back
                _log.warning("feed_failed", error=type(error).__name__)
            await asyncio.sleep(self._look_s)

    async def look(self) -> None:
        """Wakes the watchers of every order that changed since the last look."""
        last = await in_thread(self._journal.orders.last_event)
        if last == self._last:
            return
        if last - self._last > MOST_EVENTS:  # the first look, or the first after a long time without watchers
            changed = set(self._watchers)
        else:
            changed = self._watchers.keys() & await in_thread(self._journal.orders.changed_since, self._last)
        self._last = last
        for order_id in changed:
            for news in self._watchers[order_id]:
                news.set()

    def close(self) -> None:
        """Ends all streams: this process is going down."""
        self.closing = True
        for watchers in self._watchers.values():
            for news in watchers:
                news.set()
