"""A second engine joins a world that another stack runs: what it is told, what it finds out, what cannot be."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from runtime.settings import Settings
from simulator.world.operators import OPERATORS
from stack import components, program
from stack.errors import AlreadyRunning, StackError
from stack.joined_world import joined
from stack.lock import home_lock
from stack.ports import HOST, free_block
from stack.robot import switch_off_home_robot
from stack.temporal import TemporalAdmin

HLR_PORT = 31259
PACE = 200000.0


class World(BaseHTTPRequestHandler):
    """The two answers of a world that a joining stack reads, and what it writes."""

    written: ClassVar[list[tuple[str, Any]]] = []

    def do_GET(self) -> None:
        body = json.dumps(ANSWERS[self.path]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.written.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


def hlr(offset: int | None) -> dict[str, Any] | None:
    return None if offset is None else {"host": HOST, "port": HLR_PORT + offset}


ANSWERS: dict[str, Any] = {
    "/admin/operators": {"items": [{"code": each.code, "hlr": hlr(each.hlr_offset)} for each in OPERATORS.values()]},
    "/admin/clock": {"pace": PACE},
}


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with HTTPServer((HOST, 0), World) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


def settings(world: str, folder: Path, **changed: Any) -> Settings:
    """BOREA's beside a world with credentials for BOREA and EOLE."""
    for consumer in ("relais-borea", "relais-eole"):
        (folder / consumer).mkdir(parents=True, exist_ok=True)
        (folder / consumer / "private-key.pem").touch()
    return Settings(**{"home": "BOREA", "simulator_url": world, "clearing_house_dir": folder, **changed})


@pytest.mark.parametrize("home", ["BOREA", "EOLE"])
async def test_an_engine_that_joins_finds_the_hlrs_where_the_world_has_them(world, tmp_path, home):
    assert (await joined(settings(world, tmp_path, home=home), {})).hlr_port == HLR_PORT


async def test_a_stack_with_a_world_of_its_own_is_left_as_it_is():
    alone = Settings()
    assert await joined(alone, {}) is alone


@pytest.mark.parametrize(
    ("changed", "environ", "named"),
    [
        ({"hlr_port": 4260}, {"RELAIS_HLR_PORT": "4260"}, "RELAIS_HLR_PORT: 4260 "),
        ({}, {"RELAIS_PACE": "1"}, "RELAIS_PACE: "),
        ({"clearing_house_dir": None}, {}, "RELAIS_CLEARING_HOUSE_DIR: not set"),
        ({"home": "CIRUS"}, {}, "RELAIS_CLEARING_HOUSE_DIR: no credentials of relais-cirus"),
    ],
)
async def test_a_setting_that_does_not_fit_the_world_is_named(world, tmp_path, changed, environ, named):
    with pytest.raises(StackError, match=f"^{named}"):
        await joined(settings(world, tmp_path, **changed), environ)


async def test_the_worlds_own_figures_may_be_said_again(world, tmp_path):
    said = {"RELAIS_HLR_PORT": str(HLR_PORT), "RELAIS_PACE": "200000"}
    assert (await joined(settings(world, tmp_path, hlr_port=HLR_PORT), said)).hlr_port == HLR_PORT


async def test_a_world_that_does_not_answer_is_named(tmp_path):
    nowhere = f"http://{HOST}:{free_block()}"
    with pytest.raises(StackError, match=f"^RELAIS_SIMULATOR_URL: no world answers at {nowhere}"):
        await joined(settings(nowhere, tmp_path), {})


def test_make_run_says_so_and_starts_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELAIS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RELAIS_SIMULATOR_URL", f"http://{HOST}:{free_block()}")
    assert program.run() == program.FAILED
    assert capsys.readouterr().out.startswith("RELAIS_SIMULATOR_URL: ")
    assert not (tmp_path / "state").exists()


def test_no_two_engines_work_for_one_operator_of_a_world(tmp_path):
    borea, alize = settings("http://world", tmp_path), settings("http://world", tmp_path, home="ALIZE")
    taken = r"^RELAIS_HOME: another engine already works for BOREA"
    with home_lock(borea), home_lock(alize), pytest.raises(AlreadyRunning, match=taken), home_lock(borea):
        pass
    with home_lock(borea):
        pass


async def test_the_robot_of_the_home_operator_is_switched_off_before_its_worker_starts(world, tmp_path):
    World.written.clear()
    joining = settings(world, tmp_path)
    worker = components.worker(joining, {}, TemporalAdmin({}, "default"))
    await worker.prepare()
    assert World.written == [("/admin/robots/BOREA", {"enabled": False})]


async def test_without_a_simulated_world_there_is_no_robot_to_switch_off():
    World.written.clear()
    await switch_off_home_robot(Settings(simulator_url=""))
    assert World.written == []
