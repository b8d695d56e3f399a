"""`python -m api` as it runs: alone, without Temporal, clearing house or world; killed, started again, told to stop."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.api_kit import MSISDN, port_in, rio_of
from tests.support.ports import free_ports

REPOSITORY = Path(__file__).parents[2]
START_S = 90.0


class Process:
    """An API on a free port with its state in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        nowhere = str(free_ports())
        ours = {
            "RELAIS_STATE_DIR": str(folder),
            "RELAIS_API_PORT": str(port),
            "RELAIS_TEMPORAL_PORT": nowhere,
            "RELAIS_SIMULATOR_PORT": nowhere,
            "RELAIS_CLOCK_URL": "",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RELAIS_", "TEMPORAL_"))}
        self.log = folder / "api.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api"], cwd=REPOSITORY, env={**kept, **ours}, stdout=log, stderr=log
            )

    def wait_until_up(self) -> httpx.Client:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                httpx.get(f"{self.url}/healthz")
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            key = (self.folder / "api-key").read_text().strip()
            return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def port() -> int:
    return free_ports()


@pytest.fixture
def running(folder: Path, port: int) -> Iterator[Process]:
    process = Process(folder, port)
    yield process
    process.stop()


def accept(client: httpx.Client) -> httpx.Response:
    body = port_in(mandate={"signed_at": "2026-05-13T09:30:00+02:00"})
    return client.post("/v1/port-ins", json=body, headers={"Idempotency-Key": "key-1"})


def test_an_accepted_order_survives_a_kill_and_the_log_tells_nothing_personal(
    running: Process, folder: Path, port: int
):
    first = accept(running.wait_until_up())
    assert first.status_code == 202
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    again = Process(folder, port)
    try:
        client = again.wait_until_up()
        assert client.get(first.headers["Location"]).json()["state"] == "acknowledged"
        replay = accept(client)
        assert (replay.content, replay.headers["Idempotent-Replayed"]) == (first.content, "true")
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["temporal"], ready["late_orders"]) == ("ready", False, 0)
        client.get(f"/v1/numbers/{MSISDN}")
    finally:
        again.stop()
    log = running.log.read_text()
    assert "temporal_unavailable" in log
    assert all(json.loads(line)["process"] == "api" for line in log.splitlines())
    assert [secret for secret in (MSISDN, MSISDN[3:], rio_of(), "Camille", "Martin") if secret in log] == []


def test_told_to_stop_it_ends_open_streams(running: Process):
    client = running.wait_until_up()
    location = accept(client).headers["Location"]
    with client.stream("GET", f"{location}/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "id: 1"
        running.process.terminate()
        began = time.monotonic()
        list(lines)
        running.process.wait(timeout=20)
    assert time.monotonic() - began < 3  # the stop waits that long for streams that do not end
    assert running.process.returncode in (0, -signal.SIGTERM)
