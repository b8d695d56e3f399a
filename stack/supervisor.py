"""Starts components in order, restarts what dies, stops all in reverse.

While starting, a component that fails takes the rest down with it: a half-started stack helps nobody. Once everything
runs, a death is survived: the component is started again, with a growing pause if it keeps dying.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stack import ports
from stack.component import Component
from stack.errors import ComponentFailed, StackError
from stack.process import Process

PROBE_EVERY_S = 0.1
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
STEADY_AFTER_S = 30.0
"""A component that ran this long has earned a fresh, short pause."""


@dataclass
class _Slot:
    component: Component
    process: Process | None = None
    wanted: bool = False
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    watcher: asyncio.Task[None] | None = None
    pause_s: float = FIRST_PAUSE_S
    restarts: int = 0


class Supervisor:
    """Runs the components given in start order. `report` gets one line per happening: the component's name and a
    text."""

    def __init__(
        self,
        components: Sequence[Component],
        *,
        logs: Path,
        cwd: Path,
        env: Mapping[str, str],
        report: Callable[[str, str], None],
        auto_restart: bool = True,
    ) -> None:
        self._slots = {component.name: _Slot(component) for component in components}
        self._logs = logs
        self._cwd = cwd
        self._env = env
        self._report = report
        self.auto_restart = auto_restart

    async def start_all(self) -> None:
        """Checks all ports, then starts each component as soon as those it comes after are ready.

        Raises:
            PortBusy: nothing was started.
            ComponentFailed: the others were stopped again.
        """
        await ports.check(port for slot in self._slots.values() for port in slot.component.ports)
        try:
            async with asyncio.TaskGroup() as group:
                for name in self._slots:
                    group.create_task(self._start_in_turn(name))
        except BaseExceptionGroup as trouble:
            await self.stop_all()
            raise trouble.exceptions[0] from None
        except asyncio.CancelledError:
            await self.stop_all()
            raise

    async def start(self, name: str) -> None:
        """Starts one component and returns when it is ready; nothing to do when it runs.

        Raises:
            ComponentFailed: it ended, or was not ready in time.
        """
        slot = self._slots[name]
        if slot.watcher is not None and not slot.watcher.done():
            await slot.is_ready.wait()
            return
        slot.wanted = True
        await self._launch(slot)
        slot.watcher = asyncio.create_task(self._watch(slot), name=f"watch {name}")

    async def stop(self, name: str) -> None:
        """Ends one component for good: asked first, killed when it takes longer than its time. It is not restarted."""
        slot = self._slots[name]
        await self._unwatch(slot)
        if slot.process is not None and slot.process.running:
            started = time.monotonic()
            asked = await slot.process.stop(slot.component.stop_timeout_s)
            how = "stopped" if asked else f"killed, it did not stop within {slot.component.stop_timeout_s:g} s"
            self._report(name, f"{how} ({time.monotonic() - started:.1f} s)")
        slot.process = None
        slot.is_ready.clear()

    async def stop_all(self) -> None:
        """Ends everything in reverse order of starting."""
        for name in reversed(self._slots):
            await self.stop(name)

    async def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Ends one component the hard way and returns when it is gone. With `auto_restart` it comes back by itself."""
        slot = self._slots[name]
        if slot.process is not None:
            slot.is_ready.clear()
            slot.process.signal(number)
            await slot.process.wait()
        if slot.watcher is not None and not self.auto_restart:
            await asyncio.wait([slot.watcher])

    def kill_all(self) -> None:
        """SIGKILL to everything, now."""
        for slot in self._slots.values():
            slot.wanted = False
            if slot.process is not None:
                slot.process.kill()

    async def wait_ready(self, name: str, timeout_s: float = 60.0) -> None:
        """Returns when the component is ready (again).

        Raises:
            TimeoutError: not within `timeout_s` real seconds.
        """
        await asyncio.wait_for(self._slots[name].is_ready.wait(), timeout_s)

    def pid(self, name: str) -> int | None:
        """The process id of a component that runs."""
        process = self._slots[name].process
        return process.pid if process is not None and process.running else None

    def restarts(self, name: str) -> int:
        """How often the component was started again after it died by itself."""
        return self._slots[name].restarts

    def log_file(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    @property
    def names(self) -> list[str]:
        """In start order."""
        return list(self._slots)

    async def _start_in_turn(self, name: str) -> None:
        for earlier in self._slots[name].component.after:
            if earlier in self._slots:
                await self._slots[earlier].is_ready.wait()
        await self.start(name)

    async def _launch(self, slot: _Slot) -> None:
        component = slot.component
        started = time.monotonic()
        self._report(component.name, "starting")
        await component.prepare()
        try:
            process = await Process.spawn(
                component.command,
                env={**self._env, **component.env},
                cwd=self._cwd,
                log=self.log_file(component.name),
            )
        except OSError as trouble:
            raise ComponentFailed(f"{component.name} could not be started: {trouble}") from None
        slot.process = process
        try:
            async with asyncio.timeout(component.start_timeout_s):
                await self._until_ready(component, process)
                await component.set_up()
        except TimeoutError:
            process.kill()
            complaint = f"was not ready within {component.start_timeout_s:g} s"
            raise ComponentFailed(self._complaint(component, process, complaint)) from None
        except StackError:
            process.kill()
            raise
        slot.is_ready.set()
        self._report(
            component.name, f"ready in {time.monotonic() - started:.1f} s, pid {process.pid}  {component.where}"
        )

    async def _until_ready(self, component: Component, process: Process) -> None:
        while True:
            if not process.running:
                raise ComponentFailed(
                    self._complaint(component, process, f"ended with {_ending(await process.wait())}")
                )
            if await component.ready(process.pid):
                return
            await asyncio.sleep(PROBE_EVERY_S)

    async def _watch(self, slot: _Slot) -> None:
        name = slot.component.name
        while slot.wanted and slot.process is not None:
            since = time.monotonic()
            ending = _ending(await slot.process.wait())
            slot.is_ready.clear()
            if not slot.wanted or not self.auto_restart:
                return
            if time.monotonic() - since > STEADY_AFTER_S:
                slot.pause_s = FIRST_PAUSE_S
            self._report(name, f"died ({ending}), starting again in {slot.pause_s:g} s")
            await asyncio.sleep(slot.pause_s)
            slot.pause_s = min(slot.pause_s * 2, LONGEST_PAUSE_S)
            slot.restarts += 1
            try:
                await self._launch(slot)
            except StackError as trouble:
                self._report(name, str(trouble))

    async def _unwatch(self, slot: _Slot) -> None:
        slot.wanted = False
        if slot.watcher is not None:
            slot.watcher.cancel()
            await asyncio.wait([slot.watcher])
            slot.watcher = None

    def _complaint(self, component: Component, process: Process, what: str) -> str:
        output = process.last_output()
        log = self.log_file(component.name)
        return f"{component.name} {what}; its log is {log}" + (f", and ends with:\n{output}" if output else ".")


def _ending(status: int) -> str:
    if status < 0:
        return f"signal {-status}, {signal.Signals(-status).name}"
    return f"status {status}"
