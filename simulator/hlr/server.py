"""The HLRs' TCP servers, one port per network, with the same faults as the HTTP parties."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import cast

from simulator.edge.protocol import break_off
from simulator.hlr.commands import CALLS, CommandError, answer, parse
from simulator.hlr.frames import MAX_TEXT, Decoder, encode
from simulator.settings import HOST, Settings
from simulator.world.faults import Fault
from simulator.world.hlr import Hlr
from simulator.world.operators import OPERATORS
from simulator.world.world import World

PARTY = "hlr"
_REFUSALS = frozenset({"500", "502", "503", "429"})
_BROKEN_FRAME = b"\x00\x05\xee\x00?\xff\xfe\xfd"


class PortBusy(Exception):
    """A port is taken; the text names the setting to change."""


class HlrServers:
    """All HLRs of the world. `start` raises PortBusy."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._connections: set[_Connection] = set()
        self._servers: list[asyncio.Server] = []
        world.faults.on_change(self._cut)
        world.faults.name_calls(PARTY, CALLS.values())

    async def start(self) -> None:
        """Listen, ALIZE on the configured port and the others behind it."""
        loop = asyncio.get_running_loop()
        for operator in self._world.operators.values():
            port = hlr_port(self._world.settings, operator.code)
            if port is None:
                continue
            hlr = self._world.hlr(operator.code)
            try:
                server = await loop.create_server(partial(_Connection, self._world, hlr, self._connections), HOST, port)
            except OSError as error:
                await self.stop()
                problem = f"port {port} on {HOST}, for the HLR of {operator.code}, is not free ({error.strerror})"
                raise PortBusy(f"RELAIS_HLR_PORT: {problem}") from error
            self._servers.append(server)

    async def stop(self) -> None:
        """Close everything."""
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.close()

    def _cut(self) -> None:
        if self._world.faults.outage(PARTY):
            for connection in list(self._connections):
                connection.close()


def hlr_port(settings: Settings, operator: str) -> int | None:
    """Where the HLR of an operator listens; None for a virtual operator."""
    offset = OPERATORS[operator].hlr_offset
    return None if offset is None else settings.hlr_port + offset


class _Connection(asyncio.Protocol):
    """Commands are answered in order, at once unless a fault delays one; then the later ones queue behind it."""

    def __init__(self, world: World, hlr: Hlr, connections: "set[_Connection]") -> None:
        self._world = world
        self._hlr = hlr
        self._connections = connections
        self._decoder = Decoder()
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._late: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        if self._world.faults.outage(PARTY):
            self.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone; what was done stays done."""
        self._connections.discard(self)
        if self._worker is not None:
            self._worker.cancel()

    def close(self) -> None:
        """Break the connection."""
        break_off(self._transport)

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        for text in self._decoder.feed(data):
            if self._worker is None and not self._world.faults.concern(PARTY):
                self._transport.write(encode(answer(self._hlr, text)))
                continue
            self._queue.put_nowait(text)
            if self._worker is None:
                self._worker = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        with suppress(ConnectionError):
            while not self._queue.empty():
                await self._handle(self._queue.get_nowait())
        self._worker = None

    async def _handle(self, text: str) -> None:
        fault = self._world.faults.take(PARTY, _call(text))
        late, self._late = self._late, []
        if fault is not None and not await self._goes_on(fault, text):
            return
        reply = answer(self._hlr, text)
        if fault is not None and fault.kind == "duplicate":
            reply = answer(self._hlr, text)
        if fault is not None and fault.kind == "out_of_order":
            self._late = [encode(reply)]
            asyncio.get_running_loop().call_later(fault.delay, self._send_late)
        else:
            self._send(fault, reply)
        for frame in late:
            self._transport.write(frame)

    async def _goes_on(self, fault: Fault, text: str) -> bool:
        """What happens before the command is handled; False when it is not to be."""
        if fault.kind == "latency":
            await asyncio.sleep(fault.delay)
        elif fault.kind in _REFUSALS:
            self._transport.write(encode(f"ERROR {_id(text)} An error has occurred."))
            return False
        elif fault.kind == "hang":
            await asyncio.sleep(fault.delay)
            self.close()
            return False
        elif fault.kind in ("reset", "outage"):
            self.close()
            return False
        return True

    def _send(self, fault: Fault | None, reply: str) -> None:
        kind = None if fault is None else fault.kind
        if kind == "reply_lost":
            self.close()
        elif kind == "malformed":
            self._transport.write(_BROKEN_FRAME)
        elif kind == "huge_body":
            self._transport.write(encode(reply.ljust(MAX_TEXT)))
        else:
            self._transport.write(encode(reply))

    def _send_late(self) -> None:
        late, self._late = self._late, []
        for frame in late:
            self._transport.write(frame)


def _call(text: str) -> str:
    try:
        return parse(text).call
    except CommandError:
        return "unknown"


def _id(text: str) -> str:
    try:
        return parse(text).id
    except CommandError:
        return "err"
