"""The supervisor, with small stand-in processes in place of the real components."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stack.component import Component
from stack.errors import AlreadyRunning, ComponentFailed, PortBusy
from stack.lock import state_lock
from stack.ports import HIGHEST, Port, check
from stack.supervisor import Supervisor

ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

SERVES = "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
FAILS = "print('no database here'); raise SystemExit(3)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SERVES}"

A_STACK_OF_ONE = f"""
import asyncio, os, pathlib, sys
from stack.component import Component
from stack.supervisor import Supervisor

folder = pathlib.Path(sys.argv[1])
sign = folder / "up"

async def ready(pid):
    return sign.exists()

async def main():
    component = Component(name="orphan", command=[sys.executable, "-c", {SERVES!r}, str(sign)], ready=ready)
    supervisor = Supervisor([component], logs=folder, cwd=folder, env=os.environ, report=print)
    await supervisor.start_all()
    print("pid", supervisor.pid("orphan"), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
HOLDS_THE_LOCK = """
import pathlib, sys, time
from stack.lock import state_lock

with state_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class Reports(list[tuple[str, str]]):
    def __call__(self, component: str, text: str) -> None:
        self.append((component, text))

    def about(self, word: str) -> list[str]:
        return [component for component, text in self if word in text]


def stand_in(tmp_path: Path, name: str, program: str = SERVES, **options) -> Component:
    """A process that is ready once it has touched its file."""
    sign = tmp_path / f"{name}.up"

    async def ready(_: int) -> bool:
        return sign.exists()

    return Component(name=name, command=[sys.executable, "-c", program, str(sign)], ready=ready, **options)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
async def supervise(tmp_path, reports):
    made: list[Supervisor] = []

    def make(*components: Component, auto_restart: bool = True) -> Supervisor:
        made.append(
            Supervisor(
                components,
                logs=tmp_path / "logs",
                cwd=tmp_path,
                env=dict(os.environ),
                report=reports,
                auto_restart=auto_restart,
            )
        )
        return made[-1]

    yield make
    for supervisor in made:
        await supervisor.stop_all()


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until(condition, timeout_s: float = 15.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def test_a_component_starts_only_when_those_it_comes_after_are_ready(tmp_path, supervise, reports):
    supervisor = supervise(
        stand_in(tmp_path, "database"),
        stand_in(tmp_path, "service", after=("database",)),
        stand_in(tmp_path, "door", after=("service",)),
    )
    await supervisor.start_all()
    happened = [(name, text.split()[0]) for name, text in reports]
    assert happened == [(name, what) for name in ("database", "service", "door") for what in ("starting", "ready")]


async def test_all_stop_in_reverse_order_and_none_is_left(tmp_path, supervise, reports):
    supervisor = supervise(stand_in(tmp_path, "first"), stand_in(tmp_path, "second", after=("first",)))
    await supervisor.start_all()
    pids = [supervisor.pid(name) for name in supervisor.names]
    await supervisor.stop_all()
    assert reports.about("stopped") == ["second", "first"]
    assert not any(alive(pid) for pid in pids)


async def test_a_component_that_cannot_start_stops_the_rest_and_says_why(tmp_path, supervise):
    supervisor = supervise(stand_in(tmp_path, "good"), stand_in(tmp_path, "bad", FAILS, after=("good",)))
    with pytest.raises(ComponentFailed) as failure:
        await supervisor.start_all()
    assert "bad ended with status 3" in str(failure.value)
    assert "no database here" in str(failure.value)
    assert supervisor.pid("good") is None


async def test_a_component_that_is_never_ready_is_given_up(tmp_path, supervise):
    supervisor = supervise(
        stand_in(tmp_path, "slow", "import time; print('thinking', flush=True); time.sleep(60)", start_timeout_s=1.0)
    )
    with pytest.raises(ComponentFailed, match=r"not ready within 1 s(.|\n)*thinking"):
        await supervisor.start_all()


async def test_a_program_that_does_not_exist_is_named(tmp_path, supervise):
    async def ready(_: int) -> bool:
        return True

    supervisor = supervise(Component(name="ghost", command=["/does/not/exist"], ready=ready))
    with pytest.raises(ComponentFailed, match="ghost could not be started"):
        await supervisor.start_all()


async def test_a_busy_port_names_the_setting_and_starts_nothing(tmp_path, supervise, reports):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        port = Port(number, "RELAIS_API_PORT", "the REST API", number)
        supervisor = supervise(stand_in(tmp_path, "first"), stand_in(tmp_path, "api", ports=(port,)))
        with pytest.raises(PortBusy, match=rf"Port {number} .*RELAIS_API_PORT=[0-9]+"):
            await supervisor.start_all()
    assert reports == []


async def test_a_port_of_a_block_is_explained_by_its_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        block = Port.block(number - 2, 3, "RELAIS_HLR_PORT", "a simulated HLR")
        with pytest.raises(PortBusy, match=f"counted from RELAIS_HLR_PORT={number - 2}"):
            await check(block[2:], patience_s=0.1)


async def test_a_component_that_dies_is_prepared_again_and_comes_back_and_a_line_says_so(tmp_path, supervise, reports):
    prepared: list[None] = []

    async def prepare() -> None:
        prepared.append(None)

    supervisor = supervise(stand_in(tmp_path, "worker", prepare=prepare))
    await supervisor.start_all()
    before = supervisor.pid("worker")
    await supervisor.kill("worker")
    await supervisor.wait_ready("worker", 15)
    assert supervisor.pid("worker") not in {None, before}
    assert len(prepared) == 2
    assert any("died (signal 9, SIGKILL), starting again" in text for _, text in reports)


async def test_without_automatic_restart_a_killed_component_stays_down_until_started(tmp_path, supervise):
    supervisor = supervise(stand_in(tmp_path, "worker"), auto_restart=False)
    await supervisor.start_all()
    await supervisor.kill("worker")
    assert supervisor.pid("worker") is None
    await supervisor.start("worker")
    assert supervisor.pid("worker") is not None
    assert supervisor.restarts("worker") == 0


async def test_a_component_that_keeps_dying_is_started_at_growing_pauses(tmp_path, supervise, reports):
    program = SERVES.replace("time.sleep(60)", "time.sleep(0.3)")
    supervisor = supervise(stand_in(tmp_path, "weak", program))
    await supervisor.start_all()
    await until(lambda: len(reports.about("died")) >= 3)
    pauses = [float(text.split("again in ")[1].split()[0]) for _, text in reports if "died" in text]
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]


async def test_a_component_that_ignores_the_request_to_stop_is_killed(tmp_path, supervise, reports):
    supervisor = supervise(stand_in(tmp_path, "deaf", DEAF, stop_timeout_s=0.3))
    await supervisor.start_all()
    pid = supervisor.pid("deaf")
    await supervisor.stop_all()
    assert not alive(pid)
    assert reports.about("did not stop within 0.3 s") == ["deaf"]


async def test_what_a_component_started_itself_ends_with_it(tmp_path, supervise):
    note = tmp_path / "child"
    program = (
        "import subprocess, sys, pathlib, time;"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid)); pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    )
    supervisor = supervise(stand_in(tmp_path, "parent", program))
    await supervisor.start_all()
    child = int(note.read_text())
    assert alive(child)
    await supervisor.stop_all()
    await until(lambda: not alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
async def test_no_component_survives_a_kill_9_of_the_stack(tmp_path):
    script = tmp_path / "stack_of_one.py"
    script.write_text(A_STACK_OF_ONE)
    parent = subprocess.Popen([sys.executable, script, tmp_path], env=ENV, stdout=subprocess.PIPE, text=True)
    try:
        child = int(next(line for line in parent.stdout if line.startswith("pid")).split()[1])
        assert alive(child)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
    await until(lambda: not alive(child))


def test_a_second_stack_on_the_same_state_is_refused_with_the_first_ones_pid(tmp_path):
    script = tmp_path / "holder.py"
    script.write_text(HOLDS_THE_LOCK)
    first = subprocess.Popen([sys.executable, script, tmp_path], env=ENV, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"pid {first.pid}"), state_lock(tmp_path):
            pass
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    with state_lock(tmp_path):  # the lock ended with its holder
        assert (tmp_path / "stack.lock").read_text() == f"{os.getpid()}\n"


async def test_a_port_wanted_twice_is_an_error_that_names_both_settings():
    ports = [Port(20_001, "RELAIS_API_PORT", "the REST API", 20_001), Port(20_001, "RELAIS_HLR_PORT", "an HLR", 20_000)]
    with pytest.raises(PortBusy, match=r"RELAIS_API_PORT.*RELAIS_HLR_PORT=20000"):
        await check(ports)


async def test_a_port_counted_beyond_the_last_is_an_error_that_names_the_setting():
    with pytest.raises(PortBusy, match="RELAIS_HLR_PORT"):
        await check([Port(HIGHEST + 1, "RELAIS_HLR_PORT", "an HLR", HIGHEST)])
