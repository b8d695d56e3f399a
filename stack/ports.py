"""Ports on 127.0.0.1: which are free, and which setting to change when one is not."""

import asyncio
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from stack.errors import PortBusy

HOST = "127.0.0.1"
HIGHEST = 65535


@dataclass(frozen=True)
class Port:
    """One port a component listens on. `base` is the value of the setting, where the port is counted from it."""

    number: int
    setting: str
    what: str
    base: int

    @classmethod
    def block(cls, base: int, size: int, setting: str, what: str) -> "tuple[Port, ...]":
        """`size` neighbouring ports that one setting stands for."""
        return tuple(cls(base + offset, setting, what, base) for offset in range(size))


def is_free(number: int) -> bool:
    """Whether a server could listen there now. A connection that only lingers after its end does not count as busy."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True


def free_block(size: int = 1, *, above: int = 20_000) -> int:
    """The first of `size` neighbouring free ports, below the range from which the system itself hands ports out.

    Raises:
        PortBusy: none found.
    """
    # Starting at a different place each time keeps two callers at the same moment from finding the same block.
    start = above + time.monotonic_ns() // 1000 % 10_000
    for first in range(start, start + 2000, size):
        if all(is_free(number) for number in range(first, first + size)):
            return first
    raise PortBusy(f"No {size} neighbouring free ports between {start} and {start + 2000}.")


async def check(ports: Iterable[Port], *, patience_s: float = 2.0) -> None:
    """Each port is there, wanted once, and nothing listens on it. A predecessor that was just killed gets `patience_s`
    real seconds to let go.

    Raises:
        PortBusy: names the setting and proposes a value.
    """
    deadline = time.monotonic() + patience_s
    wanted: dict[int, Port] = {}
    for port in ports:
        first = wanted.setdefault(port.number, port)
        if first is not port:
            raise PortBusy(_twice(first, port))
        if port.number > HIGHEST:
            raise PortBusy(
                f"Port {port.number} ({port.what}, {_counted(port)}) does not exist: the highest is {HIGHEST}."
            )
        while not is_free(port.number):
            if time.monotonic() > deadline:
                raise PortBusy(_sentence(port))
            await asyncio.sleep(0.1)


def _counted(port: Port) -> str:
    return f"counted from {port.setting}={port.base}" if port.number != port.base else f"setting {port.setting}"


def _twice(first: Port, second: Port) -> str:
    return (
        f"Port {first.number} is wanted twice: for {first.what} ({_counted(first)}) and for {second.what} "
        f"({_counted(second)}). Choose another port for one of them."
    )


def _sentence(port: Port) -> str:
    return (
        f"Port {port.number} ({port.what}, {_counted(port)}) is already in use on {HOST}. "
        f"Stop the program that listens there, or choose another port: {port.setting}={_proposal(port)}"
    )


def _proposal(port: Port) -> int:
    candidate = port.base + 10
    while candidate < HIGHEST and not is_free(candidate):
        candidate += 10
    return candidate
