"""One operating-system process of the stack: started with its log, never left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

TAIL_LINES = 15
TAIL_BYTES = 16_384


class Process:
    """A running command. Its output is appended to `log`; it has a process group of its own, so that a Ctrl-C at the
    terminal reaches the stack alone; on Linux the kernel kills it when the stack dies, however the stack dies."""

    def __init__(self, handle: asyncio.subprocess.Process, log: Path, log_start: int) -> None:
        self._handle = handle
        self._log = log
        self._log_start = log_start

    @classmethod
    async def spawn(cls, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> "Process":
        """Starts `command`.

        Raises:
            OSError: it cannot be executed.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with log.open("ab") as output:
            start = output.tell()
            handle = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
            )
        return cls(handle, log, start)

    @property
    def pid(self) -> int:
        return self._handle.pid

    @property
    def running(self) -> bool:
        return self._handle.returncode is None

    async def wait(self) -> int:
        """The exit status; negative: the signal that ended it."""
        return await self._handle.wait()

    async def stop(self, grace_s: float) -> bool:
        """Asks it to end and, after `grace_s` real seconds, ends it. False: it had to be killed."""
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._handle.wait(), grace_s)
        except TimeoutError:
            self.kill()
            await self._handle.wait()
            return False
        self.kill()  # what it started and left behind in its group
        return True

    def kill(self) -> None:
        """SIGKILL to its whole group; nothing to do when all of it is gone."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._handle.pid, number)

    def last_output(self) -> str:
        """The last lines it wrote since this start."""
        with self._log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_start, size - TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def _die_with(parent: int) -> None:
    """Runs in the child before its program does."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)
