"""Sends the messages to customers that the journal's outbox holds, each once, through the notifications party."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from background.texts import UnknownText, render
from domain.orders import CustomerMessage
from journal import CUSTOMER_MESSAGE, Journal, OutboxItem
from parties.errors import PartyError, PartyRefused
from parties.notifications import Notifications
from rules.regime import AuthorisationRules

SWEEP = 0.5
"""Real seconds between looks at the outbox."""

BATCH = 50
SIDE_BY_SIDE = 8
LEASE_S = 30.0
LONGEST_PAUSE_S = 60.0
UNREADABLE_RETRY = timedelta(minutes=10)

log = structlog.get_logger(__name__)


class CustomerMessages:
    """Sends what is due. A message that a killed worker had claimed is claimed again after its lease."""

    def __init__(
        self,
        journal: Journal,
        notifications: Notifications,
        authorisation: AuthorisationRules,
        owed: asyncio.Event | None = None,
    ) -> None:
        """`owed`: set when this process has queued a message; what others queue is found by looking."""
        self._journal = journal
        self._notifications = notifications
        self._authorisation = authorisation
        self._owed = owed or asyncio.Event()
        self._hands = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                self._owed.clear()
                if await self.sweep():
                    continue
            except (OSError, OperationalError) as error:
                log.warning("outbox_unreadable", trouble=type(error).__name__)
            # Not wait_for: Python 3.11's forgets a cancellation that comes together with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP):
                    await self._owed.wait()

    async def sweep(self) -> bool:
        """Send what is due, one batch; True when there may be more. An order's messages go in order."""
        items = await asyncio.to_thread(self._journal.outbox.claim, CUSTOMER_MESSAGE, BATCH, LEASE_S, datetime.now(UTC))
        by_order: defaultdict[str, list[OutboxItem]] = defaultdict(list)
        for item in items:
            by_order[item.order_id].append(item)
        await asyncio.gather(*(self._send_all(group) for group in by_order.values()))
        return len(items) == BATCH

    async def _send_all(self, items: list[OutboxItem]) -> None:
        """One order's messages; when one has to wait, those after it wait with it."""
        async with self._hands:
            for position, item in enumerate(items):
                try:
                    await self._send(item)
                except PartyError as error:
                    pause = timedelta(seconds=min(2.0 ** min(item.attempts, 10), LONGEST_PAUSE_S))
                    for waiting in items[position:]:
                        await self._put_off(waiting, error, pause)
                    return

    async def _send(self, item: OutboxItem) -> None:
        """Send one; its key makes a repetition send nothing more."""
        try:
            message = CustomerMessage.model_validate(item.payload)
            subject, text = render(message, self._authorisation)
        except (ValidationError, UnknownText) as error:
            # Written by a newer version, perhaps: kept for one that can read it.
            log.error("message_unreadable", order_id=item.order_id, trouble=type(error).__name__)
            await self._put_off(item, error, UNREADABLE_RETRY)
            return
        try:
            await self._notifications.send(
                reference=item.order_id,
                kind=message.kind,
                channel="email" if message.channel == "email" else "sms",
                to=message.to,
                language="en" if message.language == "en" else "fr",
                subject=subject if message.channel == "email" else None,
                text=text,
                key=f"{item.order_id}:message:{message.kind}:{message.channel}",
            )
        except PartyRefused as refused:
            log.warning("message_refused", order_id=item.order_id, kind=message.kind, trouble=str(refused))
        await asyncio.to_thread(self._journal.outbox.mark_done, item.id)

    async def _put_off(self, item: OutboxItem, error: Exception, pause: timedelta) -> None:
        await asyncio.to_thread(self._journal.outbox.retry, item.id, type(error).__name__, datetime.now(UTC) + pause)
