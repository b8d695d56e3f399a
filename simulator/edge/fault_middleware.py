"""Applies the faults that `PUT /admin/faults/{party}` sets to the party's HTTP calls.

One method per kind. The README says what each kind does, and whether the call still has its effect.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.edge.errors import error_response
from simulator.edge.protocol import TRANSPORT, break_off
from simulator.edge.replies import Reply, body_of, replay, swallow
from simulator.world.faults import KINDS, STREAM_KINDS, Fault, Faults

HUGE = 1024 * 1024 + 1
_ERRORS = {
    "500": "internal_error",
    "502": "bad_gateway",
    "503": "unavailable",
    "429": "too_many_requests",
}
_REQUEST_KINDS = frozenset(KINDS) - STREAM_KINDS


class OpenRequests:
    """Requests being answered, so that an outage can cut those that stay open, as event streams do."""

    def __init__(self) -> None:
        self.scopes: dict[int, Scope] = {}

    def cut(self, faults: Faults) -> None:
        """Break the connections to all parties that have an outage."""
        for scope in list(self.scopes.values()):
            call = faults.call_of(scope["method"], scope["path"])
            transport = _transport(scope)
            if call is not None and faults.outage(call[0]) and transport is not None:
                break_off(transport)


class FaultMiddleware:
    """ASGI middleware. With no faults set it costs one look-up."""

    def __init__(self, app: ASGIApp, requests: OpenRequests) -> None:
        self._app = app
        self._requests = requests
        self._held: dict[str, list[asyncio.Event]] = {}
        self._kinds: dict[str, Callable[[Fault, Scope, Receive, Send], Awaitable[None]]] = {
            "latency": self._latency,
            "hang": self._hang,
            "reset": self._drop,
            "outage": self._drop,
            "malformed": self._malformed,
            "huge_body": self._huge_body,
            "reply_lost": self._reply_lost,
            "duplicate": self._duplicate,
            "out_of_order": self._out_of_order,
            **dict.fromkeys(_ERRORS, self._error),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, well or as its fault says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._requests.scopes[id(scope)] = scope
        try:
            await self._answer(scope, receive, send)
        finally:
            del self._requests.scopes[id(scope)]

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults: Faults = scope["app"].state.simulation.world.faults
        named = faults.call_of(scope["method"], scope["path"]) if faults.any or self._held else None
        if named is None:
            await self._app(scope, receive, send)
            return
        party, call = named
        fault = faults.take(party, call, kinds=_REQUEST_KINDS if party == "clearing_house" else KINDS)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._kinds[fault.kind](fault, scope, receive, send)
        if fault is None or fault.kind != "out_of_order":
            for waiting in self._held.pop(party, []):
                waiting.set()

    async def _latency(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(fault.delay)
        await self._app(scope, receive, send)

    async def _error(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        response = error_response(int(fault.kind), _ERRORS[fault.kind], "a fault was set on this party")
        if fault.kind in ("503", "429"):
            response.headers["Retry-After"] = str(max(1, math.ceil(fault.delay)))
        await response(scope, receive, send)

    async def _hang(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(fault.delay):
                await _gone(receive)
        except TimeoutError:
            await self._drop(fault, scope, receive, send)

    async def _drop(self, _fault: Fault, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = _transport(scope)
        if transport is None:
            raise ConnectionResetError
        break_off(transport)
        # The server writes an error of its own unless it has noticed that the client is gone.
        await _gone(receive)

    async def _malformed(self, _fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        reply = Reply(send)
        await self._app(scope, receive, reply.take)
        await reply.send(reply.body[: len(reply.body) // 2] + b'{"')

    async def _huge_body(self, _fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        reply = Reply(send)
        await self._app(scope, receive, reply.take)
        await reply.send(reply.body.ljust(HUGE))

    async def _reply_lost(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        async def lose(message: Message) -> None:
            # An event stream never ends by itself: it is lost as soon as it begins.
            if message["type"] == "http.response.start":
                transport = _transport(scope)
                if transport is not None:
                    break_off(transport)

        await self._app(scope, receive, lose)
        await self._drop(fault, scope, receive, send)

    async def _duplicate(self, _fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        await self._app(dict(scope), replay(body, receive), swallow)
        await self._app(scope, replay(body, receive), send)

    async def _out_of_order(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        overtaken = asyncio.Event()
        self._held.setdefault(fault.party, []).append(overtaken)
        try:
            async with asyncio.timeout(fault.delay):
                await overtaken.wait()
        except TimeoutError:
            pass
        await self._app(scope, receive, send)


def _transport(scope: Scope) -> asyncio.WriteTransport | None:
    transport: asyncio.WriteTransport | None = scope.get("extensions", {}).get(TRANSPORT)
    return transport


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
