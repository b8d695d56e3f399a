"""How long we wait for a party, in real seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`total` bounds the whole exchange, so that an answer that trickles in byte by byte cannot hold a caller."""

    connect: float = 3.0
    read: float = 10.0
    write: float = 5.0
    pool: float = 5.0
    total: float = 20.0


DEFAULT_TIMEOUTS = Timeouts()
