"""Free ports on 127.0.0.1. Each of the workers that run tests side by side looks in a range of its own."""

import contextlib
import os
import random
import socket

# Below the range from which the system itself hands ports out.
LOWEST, HIGHEST = 20_000, 32_000


def own_range() -> range:
    """The ports among which this process may choose."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = (HIGHEST - LOWEST) // workers
    return range(LOWEST + number * share, LOWEST + (number + 1) * share)


def free_ports(count: int = 1) -> int:
    """The first of `count` consecutive ports that nobody uses now."""
    mine = own_range()
    while True:
        first = random.randrange(mine.start, mine.stop - count)
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
