"""One stack per state folder and one engine per home operator, each guarded by a lock that ends with the process that
holds it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from runtime.settings import Settings
from stack.errors import AlreadyRunning, StackError

PRIVATE = 0o700
"""Of the folder of the clearing house's credentials, should the lock be there before them."""


@contextmanager
def state_lock(state_dir: Path) -> Iterator[None]:
    """Holds the state folder (made if missing) for this process.

    Raises:
        AlreadyRunning: another stack holds it.
        StackError: nothing can be written there.
    """

    def taken(holder: str) -> str:
        return (
            f"A stack already runs on {state_dir} (pid {holder}). Stop it, or start this one on a state folder "
            "and ports of its own (RELAIS_STATE_DIR and the RELAIS_*_PORT settings)."
        )

    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        file = (state_dir / "stack.lock").open("a+", encoding="ascii")
    except OSError as trouble:
        raise StackError(f"RELAIS_STATE_DIR: {state_dir} cannot be used: {trouble.strerror}") from None
    with _held(file, taken):
        yield


@contextmanager
def home_lock(settings: Settings) -> Iterator[None]:
    """Holds the home operator's place at its clearing house for this process: two engines would each act on every
    message. Seen by all stacks that share the folder of credentials.

    Raises:
        AlreadyRunning: another engine holds it.
        StackError: nothing can be written beside the credentials.
    """

    def taken(holder: str) -> str:
        return (
            f"RELAIS_HOME: another engine already works for {settings.home} in this world (pid {holder}). "
            "Stop it, or choose another operator."
        )

    folder = settings.credentials_dir.parent
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        file = (folder / f"{settings.consumer}.lock").open("a+", encoding="ascii")
    except OSError as trouble:
        raise StackError(f"RELAIS_CLEARING_HOUSE_DIR: {folder} cannot be used: {trouble.strerror}") from None
    with _held(file, taken):
        yield


@contextmanager
def _held(file: TextIO, taken: Callable[[str], str]) -> Iterator[None]:
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(taken(file.read().strip() or "unknown")) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
