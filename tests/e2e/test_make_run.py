"""What `make run` starts, with the real processes: a port from beginning to end, and nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.living_relais import FINAL
from tests.support.stacks import own_settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 170

pytestmark = pytest.mark.timeout(PATIENCE_S + 60)


def environment(state_dir: Path, **more: str) -> dict[str, str]:
    """A stack beside all others: free ports, a folder of its own, no Temporal of somebody else's."""
    settings = own_settings(state_dir)
    ports = {
        f"RELAIS_{name.upper()}": str(getattr(settings, name))
        for name in ("temporal_port", "ui_port", "api_port", "simulator_port", "hlr_port")
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RELAIS_", "TEMPORAL_"))}
    return {**inherited, **ports, "RELAIS_STATE_DIR": str(state_dir), **more}


def beside(first: dict[str, str], state_dir: Path) -> dict[str, str]:
    """BOREA's engine in the world and the Temporal of a first one, as docs/try-it.md describes it."""
    env = environment(
        state_dir,
        RELAIS_HOME="BOREA",
        RELAIS_SIMULATOR_URL=f"http://127.0.0.1:{first['RELAIS_SIMULATOR_PORT']}",
        RELAIS_CLEARING_HOUSE_DIR=f"{first['RELAIS_STATE_DIR']}/clearing-house",
        TEMPORAL_ADDRESS=f"127.0.0.1:{first['RELAIS_TEMPORAL_PORT']}",
        TEMPORAL_NAMESPACE="borea",
    )
    return {name: value for name, value in env.items() if name not in ("RELAIS_SIMULATOR_PORT", "RELAIS_HLR_PORT")}


def as_told(said: str, after: str) -> dict[str, Any]:
    """What the command answers that the screen proposes after these words."""
    command = said.partition(after)[2].strip().splitlines()[0].strip()
    answer = subprocess.run(
        f"{command} --json", shell=True, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    return json.loads(answer.stdout)


def asked(env: dict[str, str], *command: str) -> dict[str, Any]:
    """What the command line of an engine answers."""
    line = [sys.executable, "starter.py", *command, "--json"]
    answer = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    return json.loads(answer.stdout)


def until_ended(env: dict[str, str], *command: str) -> dict[str, Any]:
    """The one order that a list shows, once it has ended; the test's own timeout is the limit."""
    while True:
        found = asked(env, *command)["items"]
        if found and found[0]["state"] in FINAL:
            return found[0]
        time.sleep(0.5)


def start(env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "stack"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A stack that ends by itself."""
    command = [sys.executable, "-m", "stack"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@pytest.fixture
def stack_of_processes():
    """Starts stacks, and ends whatever a failed test leaves of them."""
    running: list[subprocess.Popen[str]] = []

    def begin(env: dict[str, str]) -> subprocess.Popen[str]:
        running.append(start(env))
        return running[-1]

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Everything said up to the line with `word`; the test's own timeout is the limit."""
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"{word!r} was never said:\n{said}")


def wait_gone(pids: list[int], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while left := [pid for pid in pids if psutil.pid_exists(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)


def test_once_ports_a_number_proves_it_and_stops_everything(tmp_path, stack_of_processes):
    process = stack_of_processes(environment(tmp_path / "state", ONCE="1"))
    said = read_until(process, "Proof, from outside")
    components = [int(pid) for pid in re.findall(r"pid ([0-9]+)", said)]
    assert len(components) == 4
    proof, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said + proof
    assert "✗" not in proof
    assert proof.count("✓") >= 10
    assert "point of no return" in said
    wait_gone(components)


def test_a_stack_answers_a_second_one_and_a_signal_and_comes_back_with_its_state_and_pace(tmp_path, stack_of_processes):
    env = environment(tmp_path / "state", RELAIS_PACE="1")
    process = stack_of_processes(env)
    said = read_until(process, "Everything stays up")
    assert "Legal time is real time" in said

    second = finish(env)
    assert second.returncode == 1
    assert f"pid {process.pid}" in second.stdout

    process.send_signal(signal.SIGTERM)
    stopped, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    order = ["worker", "api", "simulator", "temporal"]
    assert [line.split()[0] for line in stopped.splitlines() if " stopped " in line] == order

    impossible = finish({**env, "ONCE": "1"})
    assert impossible.returncode == 2
    assert "ONCE=1 waits for the port to end" in impossible.stdout

    another_pace = finish({**env, "RELAIS_PACE": "20000", "ONCE": "1"})
    assert another_pace.returncode == 1
    assert "simulator ended with status" in another_pace.stdout
    assert "pace" in another_pace.stdout


def test_a_second_engine_joins_the_world_of_the_first_and_takes_a_number_of_its_own(tmp_path, stack_of_processes):
    alize = environment(tmp_path / "alize")
    first = stack_of_processes(alize)
    read_until(first, "Everything stays up")
    borea = beside(alize, tmp_path / "borea")
    second = stack_of_processes(borea)
    said = read_until(second, "Everything stays up")
    assert "✗" not in said
    assert said.count("✓") >= 10
    assert [line.split()[0] for line in said.splitlines() if " ready in " in line] == ["api", "worker"]

    taken = as_told(said, "Port a number that the engine of ALIZE lets go:")
    assert (taken["donor"], taken["recipient"]) == ("ALIZE", "BOREA")
    left = until_ended(alize, "list", "--kind", "port_out")
    assert (left["msisdn"], left["state"], left["recipient"]) == (taken["msisdn"], "completed", "BOREA")
    assert until_ended(borea, "list", "--kind", "port_in")["order_id"] == taken["order_id"]

    for process in (second, first):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0
