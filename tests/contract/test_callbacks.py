"""Callbacks until they are answered: what repeats them, what ends them, and what faults do to them."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.callback_receiver import CallbackReceiver
from tests.support.esim import Esim
from tests.support.home import Home
from tests.support.ports import free_ports
from tests.support.simulator_process import SimulatorProcess

DOWNLOADED, INSTALLED, ENABLED = 3, 4, 5
AT_ONCE = {"delay_s": 0}


@pytest.fixture
def receiver() -> Iterator[CallbackReceiver]:
    receiver = CallbackReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def esim(simulator: SimulatorProcess, receiver: CallbackReceiver) -> Iterator[Esim]:
    """Of an operator that no other test has callbacks for; the faults it sets are cleared."""
    home = Home(simulator.base_url, simulator.hlr_port, "BOREA")
    register(home, receiver.address)
    yield Esim(home)
    home.http.delete("/admin/faults")
    home.close()


def register(home: Home, address: str) -> None:
    assert home.write("/callbacks/smdp", {"address": address, "secret": "s"}, method="PUT").is_success


def fetch(esim: Esim) -> dict[str, str]:
    """Have a profile fetched; what its callbacks are found by."""
    iccid = esim.reserve(esim.home.new_number(), phone=AT_ONCE)
    esim.release(iccid)
    return {"iccid": f"{iccid}F"}


def points(told: list[dict[str, object]]) -> list[object]:
    return [body["notificationPointId"] for body in told]


def identifiers(told: list[dict[str, object]]) -> list[object]:
    return [body["header"]["functionCallIdentifier"] for body in told]


@pytest.mark.parametrize("status", [500, 429])
def test_a_callback_is_repeated_as_it_was_until_it_is_answered(esim, receiver, status):
    receiver.answers = [status]
    told = receiver.wait_for(4, **fetch(esim))
    assert points(told) == [DOWNLOADED, DOWNLOADED, INSTALLED, ENABLED]
    assert told[0] == told[1]
    assert len(set(identifiers(told))) == 3


def test_a_callback_that_is_refused_is_not_repeated(esim, receiver):
    receiver.answers = [404]
    assert points(receiver.wait_for(3, **fetch(esim))) == [DOWNLOADED, INSTALLED, ENABLED]


def test_the_tries_come_at_growing_distances_and_at_once_when_the_address_is_registered_again(esim, receiver):
    receiver.answers = [503, 503, 503]
    fetched = fetch(esim)
    receiver.wait_for(3, **fetched)
    at = [int(told.headers["x-timestamp"]) for told in receiver.told[:3]]
    assert 1 <= at[1] - at[0] < 10
    assert 2 <= at[2] - at[1] < 10
    register(esim.home, receiver.address)
    assert points(receiver.wait_for(6, **fetched)) == [DOWNLOADED] * 4 + [INSTALLED, ENABLED]
    assert int(receiver.told[3].headers["x-timestamp"]) - at[2] <= 2, "without it the next try comes after four seconds"


def test_a_duplicate_is_told_twice_under_one_identifier(esim, receiver):
    esim.home.fault("smdp", "duplicate", call="progress", count=1)
    told = receiver.wait_for(4, **fetch(esim))
    assert points(told) == [DOWNLOADED, DOWNLOADED, INSTALLED, ENABLED]
    assert len(set(identifiers(told))) == 3


def test_out_of_order_lets_the_next_one_overtake(esim, receiver):
    esim.home.fault("smdp", "out_of_order", call="progress", count=1, delay_s=10)
    assert points(receiver.wait_for(3, **fetch(esim))) == [INSTALLED, DOWNLOADED, ENABLED]


def test_an_answer_that_is_lost_makes_a_repetition(esim, receiver):
    esim.home.fault("smdp", "reply_lost", call="progress", count=1)
    assert points(receiver.wait_for(4, **fetch(esim))) == [DOWNLOADED, DOWNLOADED, INSTALLED, ENABLED]


def test_in_an_outage_nothing_is_told_and_after_it_everything(esim, receiver):
    esim.home.fault("smdp", "outage", call="progress")
    first = fetch(esim)
    second = fetch(esim)
    esim.wait_until(second["iccid"].removesuffix("F"), "profile_enabled Enabled")
    assert receiver.told == []
    esim.home.http.delete("/admin/faults")
    for fetched in (first, second):
        assert points(receiver.wait_for(3, **fetched)) == [DOWNLOADED, INSTALLED, ENABLED]


def test_what_happened_before_an_address_was_registered_is_told_after_it(simulator, receiver):
    home = Home(simulator.base_url, simulator.hlr_port, "EOLE")
    fetched = fetch(Esim(home))
    register(home, receiver.address)
    assert points(receiver.wait_for(3, **fetched)) == [DOWNLOADED, INSTALLED, ENABLED]
    home.close()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/callbacks/smdp", {"address": "ftp://127.0.0.1/x", "secret": "s"}, "address"),
        ("/callbacks/smdp", {"address": "http://127.0.0.1/x", "secret": ""}, "secret"),
        ("/callbacks/smdp", {"address": "http://127.0.0.1/x"}, "secret"),
        ("/callbacks/care", {"address": "http://127.0.0.1/x", "secret": "s"}, "party"),
    ],
)
def test_a_registration_that_cannot_work_is_refused(simulator, path, body, field):
    home = Home(simulator.base_url, simulator.hlr_port)
    refused = home.write(path, body, method="PUT")
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    home.close()


def test_what_waits_survives_the_end_of_the_process_and_the_address_a_new_world(tmp_path: Path):
    service, port = SimulatorProcess(state_dir=tmp_path), free_ports()
    service.start()
    esim = Esim(Home(service.base_url, service.hlr_port))
    register(esim.home, f"http://127.0.0.1:{port}")
    told_late = fetch(esim)  # nobody listens yet
    iccid = esim.reserve(esim.home.new_number(), phone={"delay_s": 0.3})
    esim.release(iccid)
    service.end(signal.SIGKILL)
    receiver = CallbackReceiver(port)
    try:
        service.start()
        assert points(receiver.wait_for(3, **told_late)) == [DOWNLOADED, INSTALLED, ENABLED]
        assert points(receiver.wait_for(3, iccid=f"{iccid}F")) == [DOWNLOADED, INSTALLED, ENABLED]
        reset = esim.home.http.post("/admin/reset", json={"subscribers": 100})
        assert reset.is_success
        seen = len(receiver.told)
        again = fetch(esim)
        assert again == told_late, "a new world begins with the same eSIM"
        assert points(receiver.wait_for(6, **again))[3:] == [DOWNLOADED, INSTALLED, ENABLED]
        assert len(set(identifiers(receiver.wait_for(6, **again)))) == 6
        assert seen == 6
    finally:
        esim.home.close()
        service.end()
        receiver.close()
