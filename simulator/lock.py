"""One service per world: two of them writing the same file would contradict each other's clocks and caches."""

import fcntl
import os
from pathlib import Path


class Unusable(Exception):
    """The world cannot be opened; the text is for the person who started the service and names the setting.

    Unusable
    ├── StateBusy     another process has it open
    └── PaceMismatch  it has another pace than the settings say
    """


class StateBusy(Unusable):
    """Another process has this world open."""


class Lock:
    """Held from construction to `release`. The system releases it when the process dies."""

    def __init__(self, folder: Path) -> None:
        """Raises StateBusy."""
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise StateBusy(f"RELAIS_STATE_DIR: another simulator has the world in {folder} open") from None

    def release(self) -> None:
        """Let another process open the world."""
        os.close(self._descriptor)
