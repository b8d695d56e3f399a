"""The bytes of an event stream, and what a fault of the clearing house does to a delivery on its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from simulator.clearing_house.mailboxes import Delivery, Mailboxes
from simulator.clearing_house.stream import (
    HEARTBEAT_SECONDS,
    Silence,
    Subscription,
    deliveries,
    frame,
    heartbeat,
)
from simulator.clearing_house.vocabulary import PARTY
from simulator.world.faults import Faults

FAULT_CALL = "delivery"
"""The `call` by which a fault can be aimed at deliveries alone."""
SPOILING = frozenset({"duplicate", "malformed", "huge_body"})
CUTTING = frozenset({"reset", "outage"})
FAULT_KINDS = SPOILING | CUTTING | {"latency", "hang", "out_of_order"}
HUGE_BYTES = 1024 * 1024


async def event_bytes(
    mailboxes: Mailboxes,
    faults: Faults,
    subscription: Subscription,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[bytes]:
    """The stream as it is sent; it ends when the mailboxes close, or where a fault cuts it.

    A delivery that a fault has taken is not lost: it comes again to a reader that connects anew without confirming it.
    """
    overtaken: Delivery | None = None
    held_seconds = 0.0

    def silence_limit() -> float:
        return heartbeat_seconds if overtaken is None else held_seconds

    def cut() -> bool:
        return faults.outage(PARTY)

    # Closed here and now, so that the mailbox forgets a reader that has gone.
    async with aclosing(deliveries(mailboxes, subscription, silence_limit, cut)) as items:
        async for item in items:
            if isinstance(item, Delivery):
                fault = faults.take(PARTY, FAULT_CALL, kinds=FAULT_KINDS)
                kind = fault.kind if fault is not None else ""
                if fault is not None and kind in ("latency", "hang"):
                    await asyncio.sleep(fault.delay)
                if kind in CUTTING:
                    return
                if fault is not None and kind == "out_of_order" and overtaken is None:
                    overtaken, held_seconds = item, fault.delay
                    continue
                yield _spoil(item, kind)
            if overtaken is not None:
                yield frame(overtaken)
                overtaken = None
            elif isinstance(item, Silence):
                yield heartbeat(item)


def _spoil(delivery: Delivery, kind: str) -> bytes:
    good = frame(delivery)
    if kind == "duplicate":
        return good + good
    if kind == "malformed":
        return frame(Delivery(delivery.id, delivery.operator, delivery.type, delivery.data[: len(delivery.data) // 2]))
    if kind == "huge_body":
        return frame(Delivery(delivery.id, delivery.operator, delivery.type, "x" * HUGE_BYTES))
    return good
