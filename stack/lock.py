"""One stack per state folder, guarded by a lock that ends with the process that holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from stack.errors import AlreadyRunning, StackError


@contextmanager
def state_lock(state_dir: Path) -> Iterator[None]:
    """Holds the state folder (made if missing) for this process.

    Raises:
        AlreadyRunning: another stack holds it.
        StackError: nothing can be written there.
    """
    with _lock_file(state_dir) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise AlreadyRunning(
                f"A stack already runs on {state_dir} (pid {holder}). Stop it, or start this one on a state folder "
                "and ports of its own (RELAIS_STATE_DIR and the RELAIS_*_PORT settings)."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _lock_file(state_dir: Path) -> TextIO:
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        return (state_dir / "stack.lock").open("a+", encoding="ascii")
    except OSError as trouble:
        raise StackError(
            f"RELAIS_STATE_DIR: {state_dir} cannot be made or written ({trouble.strerror}). Choose another folder."
        ) from None
