"""The clearing house's stream, consumed durably: each message is written down, brought to where it belongs, and only
then confirmed.

A worker that dies anywhere in between gets the message again: the journal knows its id, the order absorbs
repetitions, the home routing table is told with an idempotency key, and confirming twice is harmless. What belongs to
nothing is set aside, visibly, and confirmed, so that it never blocks the stream.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from background.meaning import in_our_words
from domain.directory import Directory
from domain.identifier_error import IdentifierError
from domain.msisdn import national, parse_msisdn
from domain.port_in import DossierMessage
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.wire import Deactivation, NumberSeries, PortingPerformed
from parties.clock import ClockReader
from parties.errors import PartyError, PartyRefused, PartyUnavailable
from parties.routing import Routing
from workflows.port_in import PortIn

LANES = 8
"""Messages of different dossiers go on side by side; those of one dossier in order."""

LANE_LENGTH = 200
LONGEST_SERIES = 500
RECONNECT_LONGEST = 5.0
PASSING = (PartyError, RPCError, RuntimeError, OSError)
"""Trouble that passes: a party, Temporal or the network away. Tried again until it has gone, unconfirmed meanwhile."""

log = structlog.get_logger(__name__)


class Inbox:
    """Listens for as long as the worker lives."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        temporal: Client,
        routing: Routing,
        directory: Directory,
        clock: ClockReader,
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._temporal = temporal
        self._routing = routing
        self._directory = directory
        self._clock = clock
        self._lanes: list[asyncio.Queue[InboxMessage]] = [asyncio.Queue(LANE_LENGTH) for _ in range(LANES)]

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._drive(lane))
            group.create_task(self._listen())

    async def _listen(self) -> None:
        pause = 0.2
        while True:
            alive = asyncio.Event()
            try:
                async with aclosing(self._clearing_house.events(on_alive=alive.set)) as events:
                    async for message in events:
                        await self._lanes[hash(message.dossier_id) % LANES].put(message)
            except (PartyUnavailable, PartyRefused) as error:
                log.warning("stream_lost", trouble=str(error))
            pause = 0.2 if alive.is_set() else min(pause * 2, RECONNECT_LONGEST)
            await asyncio.sleep(pause)

    async def _drive(self, lane: asyncio.Queue[InboxMessage]) -> None:
        while True:
            message = await lane.get()
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(PASSING),
                wait=wait_random_exponential(multiplier=0.2, max=5),
                before_sleep=_tell(message),
            ):
                with attempt:
                    await self.take(message)

    async def take(self, message: InboxMessage) -> None:
        """Bring one message to where it belongs, then confirm it. Safe to repeat from any point."""
        row = await asyncio.to_thread(
            self._journal.receive, message.message_id, message.type, message.dossier_id or "", message.raw
        )
        if row.state == "new":
            await self._deliver(message, row.order_id)
        await self._clearing_house.confirm(message.message_id)

    async def _deliver(self, message: InboxMessage, order_id: str | None) -> None:
        if message.message is None or message.envelope is None:
            await self._set_aside(message, f"cannot be read: {message.problem}")
        elif order_id is not None:
            words = in_our_words(message, self._directory, received_at=(await self._clock.recent()).legal)
            await self._signal(message, order_id, words)
        elif isinstance(message.envelope.body, PortingPerformed):
            recipient = self._directory.by_pair(message.envelope.body.recipientnetworkoperator)
            await self._route(message, message.envelope.body, recipient.code)
        elif isinstance(message.envelope.body, Deactivation):
            body = message.envelope.body
            await self._route(message, body, body.originalnetworkoperator or body.currentnetworkoperator)
        else:
            await self._set_aside(message, "belongs to no order of ours")

    async def _signal(self, message: InboxMessage, order_id: str, words: DossierMessage) -> None:
        try:
            await self._temporal.get_workflow_handle(order_id).signal(PortIn.dossier_message, words)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            order = await asyncio.to_thread(self._journal.order, order_id)
            if order is None or not order.status.state.is_final:
                raise  # not started yet, or Temporal came back without it: neither loses a message
            await self._set_aside(message, f"its order {order_id} is closed")
            return
        await asyncio.to_thread(self._journal.delivered, message.message_id, order_id)

    async def _route(self, message: InboxMessage, body: PortingPerformed | Deactivation, operator: str) -> None:
        """Other operators' numbers: the home routing table follows, and the confirmation is its acknowledgement."""
        try:
            numbers = [msisdn for repeat in body.repeats for msisdn in _numbers(repeat.seq.numberseries)]
        except IdentifierError as error:
            await self._set_aside(message, f"its numbers are not mobile numbers: {error.code}")
            return
        for msisdn in numbers:
            key = f"{body.dossierid}:{message.type}:{national(msisdn)}"
            await self._routing.route(msisdn=msisdn, operator=operator, dossier_id=body.dossierid, key=key)
        await asyncio.to_thread(self._journal.delivered, message.message_id, "")

    async def _set_aside(self, message: InboxMessage, reason: str) -> None:
        log.warning("message_set_aside", message_id=message.message_id, type=message.type, reason=reason)
        await asyncio.to_thread(self._journal.set_aside, message.message_id, reason)


def _numbers(series: NumberSeries) -> list[str]:
    """Every number of a series, E.164; start and end are equal for one."""
    width = len(series.start)
    return [
        parse_msisdn(f"{digits:0{width}d}") for digits in range(int(series.start), int(series.end) + 1)[:LONGEST_SERIES]
    ]


def _tell(message: InboxMessage) -> Callable[[RetryCallState], None]:
    def tell(state: RetryCallState) -> None:
        trouble = state.outcome.exception() if state.outcome else None
        log.warning("message_waits", message_id=message.message_id, attempt=state.attempt_number, trouble=str(trouble))

    return tell
