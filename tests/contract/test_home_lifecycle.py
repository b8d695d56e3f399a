"""Starting, stopping, being killed, and starting a fresh world."""

import signal
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.home import HlrConnection, Home
from tests.support.simulator_process import SimulatorProcess


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SimulatorProcess]:
    """A simulator for one test alone."""
    service = SimulatorProcess(state_dir=tmp_path / "state", pace=20_000)
    yield service
    service.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """A running simulator for the tests that each begin a new world in it."""
    service = SimulatorProcess(state_dir=tmp_path_factory.mktemp("renewed"), pace=20_000)
    service.start()
    yield service
    service.end()


def home(service: SimulatorProcess) -> Home:
    return Home(service.base_url, service.hlr_port)


def legal_now(service: SimulatorProcess) -> datetime:
    return datetime.fromisoformat(home(service).get("/admin/clock").json()["legal"])


def credentials(service: SimulatorProcess) -> list[tuple[Path, bytes]]:
    folder = service.state_dir / "clearing-house"
    return sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def card(reference: str) -> dict[str, object]:
    return {"reference": reference, "form": "physical", "handed_over": True}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_everything_acknowledged_survives_the_end_of_the_process(own, how):
    own.start()
    msisdn, reference = home(own).new_number(), home(own).new_reference()
    given = home(own).write("/logistics/sims", card(reference), key=reference).json()
    home(own).write(f"/routing/{msisdn}", {"operator": "DUNE", "dossier_id": "DUNE-12345"}, method="PUT")
    hlr = HlrConnection(own.hlr_port)
    hlr.ask("SET 1 subscriber.create 208415000000777")
    hlr.ask(f"SET 2 subscriber.by-imsi-208415000000777.msisdn {msisdn[1:]}")
    home(own).fault("equipment", "latency")
    before = home(own).get("/admin/effects").json()
    seen = home(own).get(f"/admin/numbers/{msisdn}").json()
    shown = legal_now(own)
    own.end(how)
    own.start()
    after = home(own)
    assert after.get("/admin/effects").json() == before
    assert after.get(f"/admin/numbers/{msisdn}").json() == seen
    assert after.write("/logistics/sims", card(reference), key=reference).json() == given
    assert after.effects(reference=reference) == ["sim_reserved"]
    assert after.get("/admin/faults").json()["items"][0]["party"] == "equipment"
    assert legal_now(own) >= shown


def test_another_pace_for_an_existing_world_is_refused_and_says_how_to_make_a_new_one(own):
    own.start()
    own.end()
    own.pace = 1
    refused = own.run_to_its_end()
    assert refused.returncode == 1
    assert "RELAIS_PACE is 1" in refused.stderr
    assert "pace 20000" in refused.stderr
    assert "/admin/reset" in refused.stderr
    own.pace = None
    own.start()
    assert home(own).get("/admin/clock").json()["pace"] == 20_000


@pytest.mark.parametrize("setting", ["RELAIS_SIMULATOR_PORT", "RELAIS_HLR_PORT"])
def test_a_busy_port_is_an_error_that_names_the_setting(own, setting):
    port = own.port if setting == "RELAIS_SIMULATOR_PORT" else own.hlr_port + 3
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        refused = own.run_to_its_end()
    assert refused.returncode == 1
    assert f"{setting}: port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_two_simulators_never_share_a_world(simulator):
    second = SimulatorProcess(state_dir=simulator.state_dir)
    refused = second.run_to_its_end()
    assert refused.returncode == 1
    assert "RELAIS_STATE_DIR" in refused.stderr


@pytest.mark.parametrize(("name", "value"), [("pace", 0.5), ("port", 70_000)])
def test_a_setting_out_of_range_is_an_error_that_names_it(own, name, value):
    setattr(own, name, value)
    refused = own.run_to_its_end()
    assert refused.returncode == 1
    assert f"RELAIS_{'SIMULATOR_' if name == 'port' else ''}{name.upper()}:" in refused.stderr


def test_a_reset_makes_a_fresh_world_and_keeps_the_credentials(renewed):
    before = home(renewed)
    old = before.get("/admin/clock").json()
    before.write("/logistics/sims", card("gone"))
    before.fault("care", "500", call="line")
    keys = credentials(renewed)
    answer = before.http.post("/admin/reset", json={"seed": 5, "subscribers": 700, "pace": 100})
    assert answer.json().items() >= {"seed": 5, "subscribers": 700, "pace": 100}.items()
    clock = before.get("/admin/clock").json()
    assert clock["world"] != old["world"]
    assert clock["pace"] == 100
    assert datetime.fromisoformat(clock["legal"]) < datetime.fromisoformat(old["legal"])
    assert before.get("/admin/effects").json() == {"items": [], "next": 0}
    assert before.get("/admin/faults").json()["items"] == []
    assert len(before.get("/admin/subscribers", limit=1000).json()["items"]) == 700
    assert before.write("/logistics/sims", card("gone")).status_code == 201
    assert keys == credentials(renewed) != []


def test_the_same_seed_makes_the_same_lines(renewed):
    worlds = []
    for seed in (3, 4, 3):
        home(renewed).http.post("/admin/reset", json={"seed": seed, "subscribers": 900})
        page = home(renewed).get("/admin/subscribers", limit=1000).json()
        worlds.append([{**item, "ended_at": None} for item in page["items"]])
    assert worlds[0] == worlds[2]
    assert worlds[0] != worlds[1]


def test_the_service_answers_while_a_world_is_built_and_builds_one_at_a_time(renewed):
    answers: list[int] = []

    def reset() -> None:
        answers.append(home(renewed).http.post("/admin/reset", json={"seed": 2, "subscribers": 20_000}).status_code)

    threads = [threading.Thread(target=reset) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(answers) < 1:
        assert home(renewed).get("/healthz").is_success
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]


@pytest.mark.parametrize("body", [{"subscribers": -1}, {"subscribers": 10**9}, {"seed": "x"}, {"pace": 0.1}])
def test_a_world_that_cannot_be_is_refused_naming_the_field(simulator, body):
    answer = home(simulator).http.post("/admin/reset", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, next(iter(body)))
