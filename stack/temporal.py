"""The Temporal server of the stack: where its program is, how it is started, and what has to be set up in it."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.settings import Settings
from stack.component import Component
from stack.errors import AlreadyRunning, ComponentFailed, StackError
from stack.ports import HOST, Port

RETENTION = "720h"
"""Closed orders stay readable in the Web UI for thirty days; the dev server's own default is one."""

CALL_TIMEOUT_S = 10.0

MEMORY_FOR_SPEED = {"GOGC": "400", "GOMEMLIMIT": "1GiB"}
"""The server is a Go program: collecting garbage less often, while there is memory, saves it 8 % of its CPU time."""

LOST_WORK_LONGEST = "10s"
"""A workflow task that died with its worker more than three times in a row is waited for longer each time, up to ten
minutes by the server's own default: too long for an order once its worker lives. Added to a task's own ten seconds.
"""

DEFAULT_NAMESPACE = "default"

NOT_FOUND = "not found"
NAMESPACE_KNOWN_WITHIN_S = 30.0
"""A new namespace is known to all parts of a server only after its caches were refreshed (real time)."""


def program() -> Path:
    """The `temporal` command: one on PATH wins over the one that came with our packages.

    Raises:
        StackError: there is neither.
    """
    packaged = Path(sysconfig.get_path("scripts"))
    found = shutil.which("temporal") or shutil.which("temporal", path=str(packaged))
    if found is None:
        raise StackError(
            "No `temporal` program on PATH and none in the virtual environment: run `make run`, which installs it."
        )
    return Path(found)


@dataclass(frozen=True)
class TemporalAdmin:
    """Questions and orders to a Temporal server through its command line, which reads `TEMPORAL_*` from `env` as our
    own clients do."""

    env: Mapping[str, str]
    namespace: str = DEFAULT_NAMESPACE

    async def call(self, *arguments: str) -> tuple[bool, str]:
        """Whether the command succeeded, and what it printed; a command that takes longer than ten real seconds has
        failed."""
        process = await asyncio.create_subprocess_exec(
            program(),
            *arguments,
            "--namespace",
            self.namespace,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(self.env),
            start_new_session=True,  # a Ctrl-C at the terminal is for the stack, which then ends this too
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), CALL_TIMEOUT_S)
        except TimeoutError:
            return False, f"no answer within {CALL_TIMEOUT_S:g} s"
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):  # it ended this very moment
                    process.kill()
                await process.wait()
        return process.returncode == 0, output.decode("utf-8", "replace")

    async def answers(self) -> bool:
        """Whether the server is up and knows the namespace."""
        return (await self.call("operator", "namespace", "describe"))[0]

    async def ensure_namespace(self) -> None:
        """Makes the namespace if there is none.

        Raises:
            StackError: the server cannot be reached, or does not let us.
        """
        known, said = await self.call("operator", "namespace", "describe")
        if known:
            return
        if NOT_FOUND not in said.lower():
            raise StackError(f"Temporal at {self.env.get('TEMPORAL_ADDRESS')} does not answer: {said.strip()}")
        made, said = await self.call("operator", "namespace", "create", "--retention", RETENTION)
        if not made:
            raise StackError(f"Temporal's namespace {self.namespace} could not be made: {said.strip()}")

    async def set_retention(self) -> None:
        """Keeps closed workflows for `RETENTION`.

        Raises:
            ComponentFailed: the server refused.
        """
        done, said = await self.call("operator", "namespace", "update", "--retention", RETENTION)
        if not done:
            raise ComponentFailed(f"temporal: the retention could not be set: {said.strip()}")

    async def register(self, attributes: Mapping[str, str]) -> None:
        """Makes search attributes (name → type); those that exist stay as they are.

        Raises:
            StackError: the server refused.
        """
        pairs = [argument for name, kind in attributes.items() for argument in ("--name", name, "--type", kind)]
        deadline = time.monotonic() + NAMESPACE_KNOWN_WITHIN_S
        while True:
            done, said = await self.call("operator", "search-attribute", "create", *pairs)
            if done or NOT_FOUND not in said.lower() or time.monotonic() > deadline:
                break
            await asyncio.sleep(1)
        if not done:
            raise StackError(f"Temporal's search attributes could not be registered: {said.strip()}")

    async def polled_by(self, task_queue: str, pid: int) -> bool:
        """Whether the process `pid` asks for work on the queue."""
        return any(identity.partition("@")[0] == str(pid) for identity in await self._pollers(task_queue))

    async def must_be_unused(self, task_queue: str) -> None:
        """No process of this machine asks for work on the queue.

        Raises:
            AlreadyRunning: one does, and would take our orders.
        """
        for identity in await self._pollers(task_queue):
            pid, _, host = identity.partition("@")
            # The server remembers a poller for minutes after its end, so those of other machines prove nothing.
            if host == socket.gethostname() and pid.isdecimal() and _lives(int(pid)):
                raise AlreadyRunning(
                    f"TEMPORAL_NAMESPACE: in {self.namespace} another engine's worker (pid {pid}) already serves the "
                    f"task queue {task_queue}. Give this engine a namespace of its own."
                )

    async def _pollers(self, task_queue: str) -> list[str]:
        """Their identities, which begin with the process id; none where the server does not say."""
        done, said = await self.call("task-queue", "describe", "--task-queue", task_queue, "--output", "json")
        pollers = (json.loads(said).get("pollers") or []) if done else []
        return [str(poller.get("identity", "")) for poller in pollers]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def server(settings: Settings, admin: TemporalAdmin, attributes: Mapping[str, str]) -> Component:
    """The development server with its Web UI; everything it knows is in the state folder."""
    database = settings.state_dir / "temporal.sqlite"
    command: Sequence[str] = [
        str(program()),
        "--log-level",
        "warn",
        "server",
        "start-dev",
        *("--ip", HOST),
        *("--port", str(settings.temporal_port)),
        *("--ui-port", str(settings.ui_port)),
        *("--ui-codec-endpoint", f"http://{HOST}:{settings.api_port}/codec"),
        *("--db-filename", str(database)),
        *("--sqlite-pragma", "journal_mode=wal"),
        *("--sqlite-pragma", f"synchronous={settings.temporal_synchronous}"),
        *("--dynamic-config-value", f'history.workflowTaskRetryMaxInterval="{LOST_WORK_LONGEST}"'),
        *("--namespace", admin.namespace),
        *(argument for name, kind in attributes.items() for argument in ("--search-attribute", f"{name}={kind}")),
    ]
    return Component(
        name="temporal",
        command=command,
        env={name: admin.env.get(name, value) for name, value in MEMORY_FOR_SPEED.items()},
        ready=lambda _: admin.answers(),
        ports=(
            Port(settings.temporal_port, "RELAIS_TEMPORAL_PORT", "Temporal", settings.temporal_port),
            Port(settings.ui_port, "RELAIS_UI_PORT", "Temporal's Web UI", settings.ui_port),
        ),
        where=f"Web UI http://{HOST}:{settings.ui_port}",
        set_up=admin.set_retention,
    )
