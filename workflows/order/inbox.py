"""The order's inbox: what the outside has sent to the order is in the journal; a signal without content says so."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from temporalio import workflow

from activities.journal import JournalActivities, ReadInbox
from domain.deliveries import DeliveryKind
from workflows.order import policies
from workflows.order.run_activity import insist

Handler = Callable[[Any], Awaitable[None]]
"""Takes the content of one delivery: the model of its kind."""


class Inbox:
    """Reads what has not been read yet, in the order in which it came, and hands it to the handler of its kind."""

    def __init__(self, order_id: str) -> None:
        self._order_id = order_id
        self._handlers: Mapping[DeliveryKind, Handler] = {}
        self._read_up_to = 0
        self._is_reading = False
        self._read_again = False
        self._reads = 0

    def handle(self, handlers: Mapping[DeliveryKind, Handler]) -> None:
        """Who takes which kind of delivery. A kind that nobody takes is read and left alone."""
        self._handlers = handlers

    async def read(self) -> None:
        """Everything that is there, for an order that takes deliveries at all. A call while a reading is under way
        makes it look once more, and waits for it.
        """
        if not self._handlers:
            return
        self._read_again = True
        if self._is_reading:
            await workflow.wait_condition(lambda: not self._is_reading)
            return
        self._is_reading = True
        try:
            while self._read_again:
                self._read_again = False
                await self._read_page()
        finally:
            self._is_reading = False

    async def _read_page(self) -> None:
        self._reads += 1
        page = await insist(
            JournalActivities.read_inbox,
            ReadInbox(order_id=self._order_id, after=self._read_up_to),
            policies.JOURNAL,
            name=f"read-inbox-{self._reads}",
            summary="journal: what has come for the order",
        )
        for delivery in page.deliveries:
            self._read_up_to = delivery.n
            handler = self._handlers.get(delivery.kind)
            if handler is not None:
                await handler(delivery.read())
        self._read_again = self._read_again or page.more
