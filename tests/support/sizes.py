"""How much of something a test has: a fair part in CI, everything in `make prove`."""

import os

FULL_SIZE = "RELAIS_TESTS_FULL_SIZE"
"""Set in the environment, tests have their full size."""


def size(fair: int, *, full: int) -> int:
    """`full` in `make prove`, else `fair`."""
    return full if os.environ.get(FULL_SIZE) else fair
