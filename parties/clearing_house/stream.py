"""The event stream: one connection from its start to its end.

Delivery is at least once. The stream is always asked for what is *unconfirmed*, without an offset: what was received
and not confirmed, because the process died in between, comes again, and confirming is the only bookkeeping there is.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import tzinfo

import httpx
import structlog
from httpx_sse import EventSource, SSEError

from parties.clearing_house.inbox import InboxMessage, read_event, read_message_id
from parties.errors import PartyFailed, PartyUnavailable
from parties.http import HttpParty

SILENCE = 25.0
"""Real seconds without a byte after which a stream counts as dead: the clearing house sends a heartbeat every 20."""

MAX_EVENT = 256 * 1024
"""Bytes that may arrive before they make a whole event."""

CALL = "events"

log = structlog.get_logger(__name__)


class _TooLarge(Exception):
    pass


class _Measured(httpx.AsyncByteStream):
    """A response stream that stops when too many bytes arrive without an event coming out of them."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner
        self.pending = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self.pending += len(chunk)
            if self.pending > MAX_EVENT:
                raise _TooLarge
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def listen(
    party: HttpParty,
    target: str,
    headers: Callable[[], Mapping[str, str]],
    on_alive: Callable[[], None],
    zone: tzinfo,
    *,
    silence: float = SILENCE,
) -> AsyncGenerator[InboxMessage, None]:
    """Messages of one connection. `on_alive` is called once it is open and for every event, heartbeats included;
    `headers` is called when it is opened, because a signature ages.

    Raises `PartyUnavailable` when the stream breaks, ends, stays silent or sends an event of more than 256
    KiB, `PartyRefused` when we are not let in. Close it (`contextlib.aclosing`) to hang up.
    """
    async with party.stream(CALL, target, headers=headers(), silence=silence) as response:
        on_alive()
        assert isinstance(response.stream, httpx.AsyncByteStream)
        measured = response.stream = _Measured(response.stream)
        try:
            async with aclosing(EventSource(response).aiter_sse()) as events:
                async for event in events:
                    measured.pending = 0
                    on_alive()
                    if not event.data:
                        continue
                    message_id = read_message_id(event.id)
                    if message_id is None:
                        # Nothing can be done with it: what has no number cannot be confirmed.
                        log.warning("event_without_number", party=party.party, type=event.event)
                        continue
                    yield read_event(message_id, event.event, event.data, zone)
        except SSEError:
            raise PartyFailed(party.party, CALL, "answer is not an event stream") from None
        except _TooLarge:
            raise PartyFailed(party.party, CALL, "event too large") from None
    raise PartyUnavailable(party.party, CALL, "stream ended")
