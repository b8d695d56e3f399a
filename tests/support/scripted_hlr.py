"""A scripted control port with OsmoHLR's texts and habits, and the client that speaks to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from parties.hlr import Hlr
from parties.timeouts import Timeouts

IMSI, OTHER = "208990000000001", "208990000000002"
MSISDN = "+33639980001"
QUICK = Timeouts(connect=0.5, read=0.3)


@dataclass
class Row:
    msisdn: str = ""
    cs: str = "1"
    ps: str = "1"


@dataclass
class ScriptedHlr:
    """A control port that keeps rows like OsmoHLR. `on_command(text)` may return another reply, None to hang up and
    b"" to stay silent.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    on_command: Callable[[str], str | bytes | None] = lambda _text: "usual"
    connections: int = 0
    terse: bool = False  # print the services only when off, as older versions do
    port: int = 0

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes((await reader.readexactly(3))[:2], "big")
                text = (await reader.readexactly(length))[1:].decode()
                verb, number, rest = text.split(" ", 2)
                self.commands.append(f"{verb} {rest}")
                special = self.on_command(f"{verb} {rest}")
                if special is None:
                    break
                if isinstance(special, bytes):
                    writer.write(special)
                    continue
                reply = self.reply(verb, number, rest) if special == "usual" else special.format(id=number)
                writer.write(encode_reply("TRAP 0 noise 1") + encode_reply(reply))
        writer.close()

    def reply(self, verb: str, number: str, rest: str) -> str:
        variable, _, value = rest.partition(" ")
        outcome = self.set(variable, value) if verb == "SET" else self.get(variable)
        if outcome.startswith("!"):
            return f"ERROR {number} {outcome[1:]}"
        return f"{verb}_REPLY {number} {variable} {outcome}"

    def get(self, variable: str) -> str:
        _, selector, _ = variable.split(".")
        _, by, value = selector.split("-")
        for number, (imsi, row) in enumerate(self.rows.items(), start=1):
            if value == (imsi if by == "imsi" else row.msisdn):
                return self.info(number, imsi, row)
        return "!No such subscriber."

    def info(self, number: int, imsi: str, row: Row) -> str:
        lines = [f"id\t{number}", f"imsi\t{imsi}"]
        lines += [f"msisdn\t{row.msisdn}"] if row.msisdn else []
        lines += [f"nam_cs\t{row.cs}"] if row.cs == "0" or not self.terse else []
        lines += [f"nam_ps\t{row.ps}"] if row.ps == "0" or not self.terse else []
        return "\n" + "\n".join(lines)

    def set(self, variable: str, value: str) -> str:
        if variable == "subscriber.create":
            if value in self.rows:
                return "!Subscriber already exists."
            self.rows[value] = Row()
            return str(len(self.rows))
        if variable == "subscriber.delete":
            return "1" if self.rows.pop(value, None) else "!Subscriber doesn't exist."
        _, selector, name = variable.split(".")
        row = self.rows.get(selector.removeprefix("by-imsi-"))
        if row is None:
            return "!No such subscriber." if name == "msisdn" else "!An error has occurred."
        if name == "msisdn":
            if value != "none" and any(value == other.msisdn for other in self.rows.values()):
                return "!Update MSISDN failed"
            row.msisdn = "" if value == "none" else value
        elif name == "cs-enabled":
            row.cs = value
        else:
            row.ps = value
        return "OK"

    def do(self, command: str) -> None:
        """Carry out a `SET …` whose reply will be lost."""
        self.set(*command.removeprefix("SET ").split(" ", 1))

    def carriers(self, msisdn: str) -> list[str]:
        """The SIMs that carry an E.164 number."""
        return [imsi for imsi, row in self.rows.items() if row.msisdn == msisdn[1:]]

    @property
    def writes(self) -> list[str]:
        return [command for command in self.commands if command.startswith("SET ")]


def encode_reply(text: str) -> bytes:
    payload = b"\0" + text.encode()
    return len(payload).to_bytes(2, "big") + b"\xee" + payload


@contextlib.asynccontextmanager
async def scripted_hlr() -> AsyncIterator[ScriptedHlr]:
    """One that listens on a free port."""
    scripted = ScriptedHlr()
    server = await asyncio.start_server(scripted.connection, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    yield scripted
    server.close()


@contextlib.asynccontextmanager
async def client_of(peer: ScriptedHlr) -> AsyncIterator[Hlr]:
    """Our client, with little patience."""
    client = Hlr("127.0.0.1", peer.port, QUICK)
    yield client
    await client.aclose()
