"""The outbox relay: what the journal has decided about workflows, told to Temporal.

Acceptance writes the order and the task to start its workflow in one transaction. What comes for a running order is
written into its inbox with the task to wake it. The relay carries these tasks out at least once. The workflow's id is
the order's, so a repeated start starts one workflow; and an order that is woken twice finds an empty inbox.
"""

import asyncio
from datetime import timedelta

import structlog

from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderKind, OrderStatus
from journal import START_REQUESTED, START_WORKFLOW, WAKE_WORKFLOW, Journal, OutboxItem
from runtime.relay.gateway import NotRunning, TemporalGateway
from runtime.relay.outbox_loop import OutboxLoop, PutOff
from runtime.threads import in_thread

UNREADABLE_RETRY = timedelta(minutes=10)
NOT_STARTED_RETRY = timedelta(seconds=1)
REQUESTS_IN_HAND = 32
"""Requests of other operators that are worked on at the same time, as far as they wait for nobody."""

LONGEST_RETRY = timedelta(seconds=30)
"""Real time, between tries to reach a workflow that Temporal does not know although its order is open."""

_OF_OPERATORS = [kind for kind, definition in ORDER_KINDS.items() if definition.asked_by_operators]

_log = structlog.get_logger(__name__)


class Relay:
    """Starts workflows at most `per_second` (Temporal slows down when starts come faster than first tasks are done),
    and wakes them beside that, so that no order waits for the starts of others. What other operators ask for has a
    queue of its own, served in its order, a few at a time: a flood of it holds up no customer's order, and an old
    request is not overtaken by the steps of younger ones.
    """

    def __init__(self, journal: Journal, temporal: TemporalGateway, per_second: float) -> None:
        self._journal = journal
        self._temporal = temporal
        self._loops = (
            OutboxLoop(journal, START_WORKFLOW, self._start, 1 / per_second),
            OutboxLoop(journal, START_REQUESTED, self._start, 1 / per_second, room=self._room),
            OutboxLoop(journal, WAKE_WORKFLOW, self._wake),
        )

    def wake(self) -> None:
        """There is something to start or to wake."""
        for loop in self._loops:
            loop.wake()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for loop in self._loops:
                group.create_task(loop.run())

    async def sweep(self) -> bool:
        """One batch of each kind; True when there may be more."""
        return any([await loop.sweep() for loop in self._loops])

    def _room(self) -> int:
        return REQUESTS_IN_HAND - self._journal.outbox.count_in_hand(_OF_OPERATORS, START_REQUESTED)

    async def _start(self, item: OutboxItem) -> None:
        try:
            kind = OrderKind(item.payload["kind"])
            order = ORDER_KINDS[kind].read(item.payload["order"])
            status = OrderStatus.model_validate(item.payload["status"])
        except (KeyError, ValueError) as error:
            raise _unreadable(item, error) from None
        await self._temporal.start(kind, order, status)
        _log.info("workflow_started", order_id=item.order_id, attempts=item.attempts)

    async def _wake(self, item: OutboxItem) -> None:
        try:
            await self._temporal.wake(item.order_id)
        except NotRunning:
            await self._nobody_there(item)
        else:
            _log.info("workflow_woken", order_id=item.order_id, attempts=item.attempts)

    async def _nobody_there(self, item: OutboxItem) -> None:
        """An order that has ended reads nothing any more. Any other order's workflow is about to start, or Temporal
        came back without it: the signal waits.
        """
        if await in_thread(self._journal.outbox.awaits_start, item.order_id):
            raise PutOff("not started yet", NOT_STARTED_RETRY)
        view = await in_thread(self._journal.orders.read, item.order_id)
        if view is not None and not view.status.state.is_final:
            raise PutOff("not running", min(NOT_STARTED_RETRY * 2 ** min(item.attempts - 1, 10), LONGEST_RETRY))
        _log.info("wake_not_needed", order_id=item.order_id)


def _unreadable(item: OutboxItem, error: Exception) -> PutOff:
    """Written by a newer version, perhaps: kept for one that can read it."""
    _log.error("outbox_unreadable", order_id=item.order_id, kind=item.kind, error=type(error).__name__)
    return PutOff(type(error).__name__, UNREADABLE_RETRY)
