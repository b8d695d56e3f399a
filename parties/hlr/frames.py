"""Frames of the Osmocom control protocol: two bytes of length, 0xEE, 0x00, text. The length counts everything after
the 0xEE.
"""

import asyncio
from dataclasses import dataclass

MAX_FRAME = 16 * 1024
"""Bytes; a record is about two hundred."""

_EXTENSION = 0xEE
_CONTROL = 0x00
_HEADER = 3


class FrameError(Exception):
    """The peer does not speak the protocol; the connection is of no more use."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to request `id`: its value, or the peer's error text."""

    id: str
    ok: bool
    text: str


def encode(text: str) -> bytes:
    """One frame; `ValueError` for what would be read as something else: control characters, or too long a text."""
    payload = text.encode("ascii")
    if not text.isprintable() or len(payload) >= MAX_FRAME:
        raise ValueError("a command is one line of printable ASCII")
    return (len(payload) + 1).to_bytes(2, "big") + bytes((_EXTENSION, _CONTROL)) + payload


async def read_reply(reader: asyncio.StreamReader) -> Reply | None:
    """The next reply; None for a frame that answers nobody (a TRAP). `FrameError`, or `IncompleteReadError` when the
    peer hangs up.
    """
    header = await reader.readexactly(_HEADER)
    length = int.from_bytes(header[:2], "big")
    if header[2] != _EXTENSION or not 1 <= length <= MAX_FRAME:
        raise FrameError("no control frame")
    payload = await reader.readexactly(length)
    if payload[0] != _CONTROL:
        raise FrameError("no control frame")
    try:
        return parse_reply(payload[1:].decode("utf-8"))
    except UnicodeDecodeError:
        raise FrameError("not text") from None


def parse_reply(text: str) -> Reply | None:
    """`SET_REPLY <id> <variable> <value>`, `GET_REPLY …` or `ERROR <id> <text>`."""
    kind, _, rest = text.partition(" ")
    if kind == "TRAP":
        return None
    number, _, value = rest.partition(" ")
    if kind == "ERROR":
        return Reply(id=number, ok=False, text=value.strip())
    if kind in ("GET_REPLY", "SET_REPLY"):
        return Reply(id=number, ok=True, text=value.partition(" ")[2])
    raise FrameError("no reply")
