"""The outbox of messages to customers: written with the change they tell of, sent once each by the notifications
party.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from background.texts import render
from domain.orders import CustomerMessage
from journal import Journal, OutboxItem
from parties.errors import PartyError, PartyRefused
from parties.notifications import Notifications

KIND = "customer_message"
SWEEP = 0.5
"""Real seconds between looks at the outbox."""

BATCH = 50
LEASE_S = 30.0
LONGEST_PAUSE_S = 60.0

log = structlog.get_logger(__name__)


class CustomerMessages:
    """Sends what the journal owes to customers; a message that a killed worker had claimed is claimed again after its
    lease.
    """

    def __init__(self, journal: Journal, notifications: Notifications) -> None:
        self._journal = journal
        self._notifications = notifications

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                items = await asyncio.to_thread(self._journal.claim, KIND, BATCH, LEASE_S, datetime.now(UTC))
            except OSError as error:
                log.warning("outbox_unreadable", trouble=type(error).__name__)
                items = []
            for item in items:
                await self.send(item)
            if not items:
                await asyncio.sleep(SWEEP)

    async def send(self, item: OutboxItem) -> None:
        """Send one; its key makes a repetition send nothing more."""
        message = CustomerMessage.model_validate(item.payload)
        subject, text = render(message)
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
        except PartyError as error:
            pause = timedelta(seconds=min(2.0 ** min(item.attempts, 10), LONGEST_PAUSE_S))
            await asyncio.to_thread(self._journal.retry, item.id, type(error).__name__, datetime.now(UTC) + pause)
            return
        await asyncio.to_thread(self._journal.done, item.id)
