"""A whole Relais on this machine, as an object: for `make run`, for end-to-end tests, for benchmarks."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runtime.settings import Settings
from stack import components, temporal
from stack.component import Component
from stack.lock import home_lock, state_lock
from stack.ports import HOST, free_block
from stack.supervisor import Supervisor
from workflows.order.search_attributes import REGISTERED

ROOT = Path(__file__).resolve().parent.parent
ALL = ("temporal", "simulator", "api", "worker")


_PORTS = ("temporal_port", "ui_port", "api_port", "simulator_port", "hlr_port")
PORTS = len(_PORTS) - 1 + components.HLR_PORTS
"""Neighbouring ports that a whole stack takes."""


def free_settings(state_dir: Path, *, first_port: int | None = None, **overrides: Any) -> Settings:
    """Settings of a stack beside others: a state folder of its own, and free ports, or those from `first_port` on."""
    first = free_block(PORTS) if first_port is None else first_port
    chosen: dict[str, Any] = {name: first + offset for offset, name in enumerate(_PORTS)}
    return Settings(**{"state_dir": state_dir, **chosen, **overrides})


def silent(component: str, text: str) -> None:
    """Reports nothing; the logs have it all."""


class Stack:
    """Real processes on the ports of `settings`, started on entry in order and stopped on exit in reverse.

    `components` names those to start (default: all four, without Temporal where `TEMPORAL_ADDRESS` points at one and
    without the simulator where `RELAIS_SIMULATOR_URL` points at a world). `env` is added to every process's
    environment, e.g. `{"RELAIS_PACE": "20000"}`. `worker_command` replaces `python worker.py`. `extra` are further
    components, started last.

    Raises on entry:
        PortBusy, AlreadyRunning (the state folder, or the home operator), ComponentFailed, StackError
    """

    def __init__(
        self,
        settings: Settings,
        *,
        components: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        auto_restart: bool = True,
        worker_command: Sequence[str] | None = None,
        extra: Sequence[Component] = (),
        report: Callable[[str, str], None] = silent,
    ) -> None:
        self.settings = settings.model_copy(update={"state_dir": settings.state_dir.resolve()})
        self._report = report
        around = {**os.environ, **(env or {})}
        own_temporal = not around.get("TEMPORAL_ADDRESS")
        self.temporal_address = around.get("TEMPORAL_ADDRESS") or f"{HOST}:{settings.temporal_port}"
        self.namespace = around.get("TEMPORAL_NAMESPACE") or temporal.DEFAULT_NAMESPACE
        self.env = _environment(self.settings, self.temporal_address, self.namespace, env or {})
        self._admin = temporal.TemporalAdmin(self.env, self.namespace)
        self.wanted = tuple(components) if components is not None else self._default_components(own_temporal)
        self._guests = "temporal" not in self.wanted and bool({"api", "worker"} & set(self.wanted))
        self.supervisor = Supervisor(
            [*self._build(worker_command), *extra],
            logs=self.settings.state_dir / "logs",
            cwd=ROOT,
            env=self.env,
            report=report,
            auto_restart=auto_restart,
        )
        self._exit = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as exit_stack:
            exit_stack.enter_context(state_lock(self.settings.state_dir))
            if "worker" in self.wanted and self.settings.world_url:
                exit_stack.enter_context(home_lock(self.settings))
            if self._guests:
                await self._admin.ensure_namespace()
                await self._admin.must_be_unused(self.settings.task_queue)
                await self._admin.register(REGISTERED)
            exit_stack.push_async_callback(self.supervisor.stop_all)
            await self.supervisor.start_all()
            self._exit = exit_stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.__aexit__(kind, error, trace)

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.settings.api_port}"

    @property
    def simulator_url(self) -> str:
        """Base URL of the world, wherever it runs."""
        return self.settings.world_url

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.settings.ui_port}"

    @property
    def api_key(self) -> str:
        """The key that clients of this stack present; there once the API was started."""
        return self.settings.api_key or self.settings.api_key_file.read_text(encoding="ascii").strip()

    def pid(self, name: str) -> int | None:
        """The process id of a component that runs."""
        return self.supervisor.pid(name)

    def log_file(self, name: str) -> Path:
        return self.supervisor.log_file(name)

    async def kill(self, name: str) -> None:
        """kill -9. It comes back by itself when the stack restarts automatically, else through `start`."""
        await self.supervisor.kill(name)

    async def start(self, name: str) -> None:
        """Starts a component that was killed or stopped, and returns when it is ready."""
        await self.supervisor.start(name)

    async def stop(self, name: str) -> None:
        """Stops a component cleanly; it stays down until `start`."""
        await self.supervisor.stop(name)

    async def wait_ready(self, name: str, timeout_s: float = 60.0) -> None:
        """Returns when a component is ready again, e.g. after an automatic restart."""
        await self.supervisor.wait_ready(name, timeout_s)

    def _default_components(self, own_temporal: bool) -> tuple[str, ...]:
        absent = set() if own_temporal else {"temporal"}
        if self.settings.simulator_url is not None:
            absent.add("simulator")
        return tuple(name for name in ALL if name not in absent)

    def _build(self, worker_command: Sequence[str] | None) -> list[Component]:
        builders: dict[str, Callable[[], Component]] = {
            "temporal": lambda: temporal.server(self.settings, self._admin, REGISTERED),
            "simulator": lambda: components.simulator(self.settings, {}),
            "api": lambda: components.api(self.settings, {}),
            "worker": lambda: components.worker(self.settings, {}, self._admin, worker_command),
        }
        return [builders[name]() for name in ALL if name in self.wanted]


def _environment(settings: Settings, address: str, namespace: str, extra: Mapping[str, str]) -> dict[str, str]:
    """What every process of the stack sees: our settings said in full, so that none falls back on a default of its
    own."""
    said = {f"RELAIS_{name.upper()}": str(value) for name, value in settings.model_dump(exclude_none=True).items()}
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",  # a process that is killed has its last output in the log
        **said,
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_NAMESPACE": namespace,
        **extra,
    }
