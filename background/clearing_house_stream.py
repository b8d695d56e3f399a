"""The clearing house's stream: each message is delivered, and only then confirmed.

Messages about one subject go in order. A subject is a dossier, or a number in the broadcasts of others. Subjects go
side by side, so that none waits for another. An unconfirmed message comes again after every reconnect. One that is
under way is not taken twice.
"""

import asyncio
from collections import deque
from contextlib import aclosing

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.service import RPCError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from background.message_router import MessageRouter
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.wire import Deactivation, PortingPerformed
from parties.errors import PartyError, PartyRefused, PartyUnavailable

SIDE_BY_SIDE = 32
"""Deliveries at the same time. Those that wait for their next try do not count."""

MOST_UNDER_WAY = 1000
"""Messages in memory. Then reading stops: the clearing house keeps what we have not confirmed."""

RECONNECT_FIRST, RECONNECT_LONGEST = 0.2, 5.0
RETRY_LONGEST = 5.0
"""Real seconds between tries."""

READS = 3
"""How often a damaged message is read in all; then it becomes a dead letter."""

BUG_TRIES = 5
"""Tries of a message that fails for no reason we know; then it becomes a dead letter."""

PASSING = (PartyError, RPCError, RuntimeError, OSError, OperationalError)
"""Failures that pass: a party, Temporal (its SDK raises RuntimeError), the network or the journal is away. The message
is tried until it works.
"""

log = structlog.get_logger(__name__)


class ClearingHouseStream:
    """Listens for as long as the worker lives."""

    def __init__(self, clearing_house: ClearingHouse, router: MessageRouter) -> None:
        self._clearing_house = clearing_house
        self._router = router
        self._queues: dict[str, deque[InboxMessage]] = {}  # by subject; there while one of its messages is under way
        self._under_way: set[int] = set()
        self._damaged: dict[int, int] = {}  # message id → times read
        self._room = asyncio.Semaphore(MOST_UNDER_WAY)
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            pause = RECONNECT_FIRST
            while True:
                alive = asyncio.Event()
                try:
                    await self._listen(group, alive)
                except (PartyUnavailable, PartyRefused) as error:
                    log.warning("stream_lost", trouble=str(error))
                pause = RECONNECT_FIRST if alive.is_set() else min(pause * 2, RECONNECT_LONGEST)
                await asyncio.sleep(pause)

    async def _listen(self, group: asyncio.TaskGroup, alive: asyncio.Event) -> None:
        """One connection, left where a message arrived damaged: what is unconfirmed comes again."""
        async with aclosing(self._clearing_house.events(on_alive=alive.set)) as events:
            async for message in events:
                if self._is_to_be_read_anew(message):
                    return
                if message.message_id not in self._under_way:
                    await self._room.acquire()
                    self._under_way.add(message.message_id)
                    self._enqueue(group, message)

    def _is_to_be_read_anew(self, message: InboxMessage) -> bool:
        if message.message is not None:
            self._damaged.pop(message.message_id, None)
            return False
        times = self._damaged[message.message_id] = self._damaged.get(message.message_id, 0) + 1
        log.warning("message_damaged", message_id=message.message_id, type=message.type, problem=message.problem)
        if times < READS:
            return True
        del self._damaged[message.message_id]
        return False

    def _enqueue(self, group: asyncio.TaskGroup, message: InboxMessage) -> None:
        subject = _subject(message)
        if subject in self._queues:
            self._queues[subject].append(message)
        else:
            self._queues[subject] = deque([message])
            group.create_task(self._work_through(subject))

    async def _work_through(self, subject: str) -> None:
        queue = self._queues[subject]
        while queue:
            message = queue[0]
            await self._deliver(message)
            queue.popleft()
            self._under_way.discard(message.message_id)
            self._room.release()
        del self._queues[subject]

    async def _deliver(self, message: InboxMessage) -> None:
        """Deliver and confirm, however long it takes."""
        attempts = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, Exception)),
            wait=wait_random_exponential(multiplier=0.2, max=RETRY_LONGEST),
        )
        bugs = 0
        async for attempt in attempts:
            with attempt:
                async with self._slots:
                    try:
                        await self.take(message, give_up=bugs >= BUG_TRIES)
                    except Exception as error:
                        bugs += not isinstance(error, PASSING)
                        _log_failure(message, attempt.retry_state, error)
                        raise

    async def take(self, message: InboxMessage, *, give_up: bool = False) -> None:
        """Deliver one message, or make it a dead letter, then confirm it. Safe to repeat from any point."""
        await self._router.route(message, give_up=give_up)
        await self._clearing_house.confirm(message.message_id)


def _subject(message: InboxMessage) -> str:
    """What a message must stay in order with."""
    body = message.envelope.body if message.envelope else None
    if isinstance(body, PortingPerformed | Deactivation):
        return body.repeats[0].seq.numberseries.start
    return message.dossier_id or ""


def _log_failure(message: InboxMessage, state: RetryCallState, error: Exception) -> None:
    """Only our own errors' texts are known to hold nothing personal."""
    trouble = str(error) if isinstance(error, PartyError) else type(error).__name__
    log.warning("message_waits", message_id=message.message_id, attempt=state.attempt_number, trouble=trouble)
