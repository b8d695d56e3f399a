"""One TCP connection to the HLR's control port, shared by all callers: requests are numbered, sent as they come, and
matched by number.
"""

import asyncio
import itertools

from parties.hlr.frames import FrameError, Reply, encode, read_reply
from parties.timeouts import Timeouts


class NoConnection(Exception):
    """The command did not leave us."""


class ConnectionLost(Exception):
    """The command left us and no reply came; the text says how."""


class Connection:
    """An open connection. It is used until it breaks or a reply stays away, then retired: `usable` turns false for
    good.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeouts: Timeouts) -> None:
        self.usable = True
        self._writer = writer
        self._timeouts = timeouts
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def open(cls, host: str, port: int, timeouts: Timeouts) -> "Connection":
        """Connect, or raise `NoConnection`."""
        try:
            async with asyncio.timeout(timeouts.connect):
                reader, writer = await asyncio.open_connection(host, port)
        except TimeoutError:
            raise NoConnection("connect timeout") from None
        except OSError:
            raise NoConnection("refused or unreachable") from None
        return cls(reader, writer, timeouts)

    async def command(self, verb: str, rest: str) -> Reply:
        """Send `<verb> <id> <rest>` and wait for its reply. `NoConnection` or `ConnectionLost`."""
        if not self.usable or self._writer.is_closing():
            self._retire()
            raise NoConnection("connection closed")
        number = str(next(self._numbers))
        frame = encode(f"{verb} {number} {rest}")
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        self._writer.write(frame)
        try:
            async with asyncio.timeout(self._timeouts.read):
                return await waiting
        except TimeoutError:
            # Whatever hangs there hangs for the next command too: let a new connection serve it.
            self._retire()
            raise ConnectionLost("answer timeout") from None
        finally:
            self._waiting.pop(number, None)
            if not self.usable and not self._waiting:
                self._close()

    async def close(self) -> None:
        """Hang up; commands under way end in `ConnectionLost`."""
        self.usable = False
        self._close()
        await asyncio.wait([self._reading])

    async def _read(self, reader: asyncio.StreamReader) -> None:
        reason = "connection lost"
        try:
            while True:
                reply = await read_reply(reader)
                waiting = self._waiting.get(reply.id) if reply else None
                if waiting is not None and reply is not None and not waiting.done():
                    waiting.set_result(reply)
        except FrameError as error:
            reason = f"malformed reply, {error}"
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.usable = False
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionLost(reason))
            self._writer.close()

    def _retire(self) -> None:
        self.usable = False
        if not self._waiting:
            self._close()

    def _close(self) -> None:
        self._writer.close()
        self._reading.cancel()
