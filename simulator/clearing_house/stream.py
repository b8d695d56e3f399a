"""The event stream of a mailbox: frames, heartbeats, and waiting for the next delivery."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from simulator.clearing_house.mailboxes import Delivery, Mailboxes
from simulator.clearing_house.vocabulary import EVENT_SUFFIX

HEARTBEAT_SECONDS = 20.0
"""Real seconds of silence before a heartbeat; the official client gives a stream up after 25."""
BATCH = 200


@dataclass(frozen=True)
class Subscription:
    """What a reader asked for."""

    operator: str
    offset: int = -1
    types: frozenset[str] = frozenset()
    unconfirmed: bool = True


@dataclass(frozen=True)
class Silence:
    """Nothing was sent for a while; `last_id` is the last delivery's, or the offset that was asked for."""

    last_id: int


def frame(delivery: Delivery) -> bytes:
    """One event. The data is one line of JSON."""
    return f"id:{delivery.id}\nevent:{delivery.type}{EVENT_SUFFIX}\ndata:{delivery.data}\n\n".encode()


def heartbeat(silence: Silence) -> bytes:
    """An event with an empty data line: a comment would be swallowed by the official client, a missing id too."""
    return f"id:{silence.last_id}\nevent:keepalive\ndata:\n\n".encode()


async def deliveries(
    mailboxes: Mailboxes, subscription: Subscription, silence_limit: Callable[[], float], cut: Callable[[], bool]
) -> AsyncGenerator[Delivery | Silence, None]:
    """What is in the mailbox after the offset, then what arrives, until the mailboxes close or `cut` says so.

    `silence_limit` gives the real seconds without a delivery after which a Silence is due. After a reset the stream
    goes on from the beginning of the new world, whose ids start again.
    """
    position, generation = subscription.offset, mailboxes.generation
    with mailboxes.watch([subscription.operator]) as waker:
        while not (mailboxes.closed or cut()):
            waker.clear()
            if generation != mailboxes.generation:
                position, generation = -1, mailboxes.generation
            found = mailboxes.after(
                subscription.operator, position, subscription.types, subscription.unconfirmed, BATCH
            )
            for delivery in found:
                position = delivery.id
                yield delivery
            if not found and not await _wait(waker, silence_limit()):
                yield Silence(position)


async def _wait(waker: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(waker.wait(), seconds)
    except TimeoutError:
        return False
    return True
