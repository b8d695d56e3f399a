"""Faults, as simulator/README.md promises them: what each does, and whether the effect happened."""

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.home import HlrConnection, Home
from tests.support.simulator_process import SimulatorProcess

SIM = "208410000000042"
SERVICE = f"subscriber.by-imsi-{SIM}.cs-enabled"


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.http.delete("/admin/faults")
    home.close()


@pytest.fixture
def hlr(home: Home) -> Iterator[HlrConnection]:
    connection = HlrConnection(home.hlr_port)
    assert connection.ask(f"SET 0 {SERVICE} 1").endswith(" OK")
    yield connection
    home.http.delete("/admin/faults")
    connection.close()


def reserve(home: Home, reference: str) -> httpx.Response:
    body = {"reference": reference, "form": "physical", "handed_over": True}
    return home.write("/logistics/sims", body, key=f"{reference}:reserve")


@pytest.mark.parametrize("kind", ["500", "502", "503", "429"])
def test_an_error_status_comes_before_any_effect(home, kind):
    reference = home.new_reference()
    home.fault("logistics", kind, count=1)
    answer = reserve(home, reference)
    assert answer.status_code == int(kind)
    assert ("retry-after" in answer.headers) == (kind in ("503", "429"))
    assert home.effects(reference=reference) == []
    assert reserve(home, reference).status_code == 201


def test_a_reset_connection_had_no_effect(home):
    reference = home.new_reference()
    home.fault("logistics", "reset", call="reserve", count=1)
    # Which of the two depends on whether the reset came before the client had sent its body.
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        reserve(home, reference)
    assert home.effects(reference=reference) == []


def test_a_lost_reply_had_its_effect_and_the_key_gives_the_answer_again(home):
    reference = home.new_reference()
    home.fault("logistics", "reply_lost", call="reserve", count=1)
    with pytest.raises(httpx.ReadError):
        reserve(home, reference)
    assert home.effects(reference=reference) == ["sim_reserved"]
    assert reserve(home, reference).status_code == 201
    assert home.effects(reference=reference) == ["sim_reserved"]


def test_a_malformed_reply_is_no_json_and_had_its_effect(home):
    reference = home.new_reference()
    home.fault("logistics", "malformed", count=1)
    answer = reserve(home, reference)
    assert answer.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert home.effects(reference=reference) == ["sim_reserved"]


def test_a_huge_body_is_larger_than_a_mebibyte(home):
    home.fault("logistics", "huge_body", count=1)
    assert len(reserve(home, home.new_reference()).content) > 1024 * 1024


def test_a_duplicated_request_is_handled_twice_and_idempotent(home):
    reference = home.new_reference()
    home.fault("logistics", "duplicate", count=1)
    assert reserve(home, reference).status_code == 201
    assert home.effects(reference=reference) == ["sim_reserved"]


def test_a_slow_answer_takes_the_time_it_was_told(home):
    home.fault("care", "latency", call="line", delay_s=0.3, count=1)
    started = time.monotonic()
    assert home.get(f"{home.path}/care/lines/+33639980001").is_success
    assert time.monotonic() - started >= 0.3


def test_a_hanging_call_is_never_answered_and_did_nothing(home):
    reference = home.new_reference()
    home.fault("logistics", "hang", count=1)
    home.http.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        reserve(home, reference)
    home.http.timeout = httpx.Timeout(10)
    assert home.effects(reference=reference) == []


def test_a_held_request_is_overtaken_by_the_next_one(home):
    first, second = home.new_reference(), home.new_reference()
    home.fault("logistics", "out_of_order", delay_s=20, count=1)
    held = threading.Thread(target=reserve, args=(Home(str(home.http.base_url), home.hlr_port), first))
    held.start()
    while home.get("/admin/faults").json()["items"]:
        time.sleep(0.01)
    reserve(home, second)
    held.join(10)
    items = home.get("/admin/effects", limit=10_000).json()["items"]
    order = [item["detail"]["reference"] for item in items if item["detail"].get("reference") in (first, second)]
    assert order == [second, first]


def test_an_outage_lasts_until_it_is_deleted(home):
    home.fault("care", "outage")
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            home.get(f"{home.path}/care/lines/+33639980001")
    assert home.get(f"{home.path}/routing/+33639980001").is_success
    home.http.delete("/admin/faults")
    assert home.get(f"{home.path}/care/lines/+33639980001").is_success


def test_an_operators_own_code_is_the_party_of_its_routing_table(home):
    home.fault("DUNE", "503")
    assert home.get("/home/DUNE/routing/+33639980001").status_code == 503
    assert home.get("/home/ALIZE/routing/+33639980001").is_success


@pytest.mark.parametrize(
    ("party", "body", "field"),
    [
        ("nobody", {"kind": "500"}, "party"),
        ("care", {"kind": "501"}, "kind"),
        ("care", {"kind": "500", "rate": 1.5}, "rate"),
        ("care", {"kind": "500", "rate": -0.1}, "rate"),
        ("care", {"kind": "500", "count": -1}, "count"),
        ("care", {"kind": "latency", "delay_s": -1}, "delay_s"),
        ("care", {}, "kind"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_naming_the_field(home, party, body, field):
    answer = home.http.put(f"/admin/faults/{party}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert home.get("/admin/faults").json()["items"] == []


def test_an_hlr_command_that_fails_did_nothing(home, hlr):
    home.fault("hlr", "500", count=1)
    assert hlr.ask(f"SET 1 {SERVICE} 0") == "ERROR 1 An error has occurred."
    assert hlr.ask(f"GET 2 {SERVICE}").endswith(" 1")


def test_an_hlr_reply_that_is_lost_was_executed(home, hlr):
    home.fault("hlr", "reply_lost", call="service", count=1)
    hlr.send(f"SET 1 {SERVICE} 0")
    with pytest.raises((EOFError, ConnectionError)):
        hlr.receive()
    assert HlrConnection(home.hlr_port).ask(f"GET 2 {SERVICE}").endswith(" 0")


def test_an_hlr_connection_that_is_reset_did_nothing(home, hlr):
    home.fault("hlr", "reset", call="service", count=1)
    hlr.send(f"SET 1 {SERVICE} 0")
    with pytest.raises((EOFError, ConnectionError)):
        hlr.receive()
    assert HlrConnection(home.hlr_port).ask(f"GET 2 {SERVICE}").endswith(" 1")


def test_an_hlr_outage_cuts_open_connections_and_refuses_new_ones(home, hlr):
    home.fault("hlr", "outage")
    with pytest.raises((EOFError, ConnectionError)):
        hlr.ask(f"GET 1 {SERVICE}")
    with pytest.raises((EOFError, ConnectionError)):
        HlrConnection(home.hlr_port).ask(f"GET 1 {SERVICE}")
    home.http.delete("/admin/faults")
    assert HlrConnection(home.hlr_port).ask(f"GET 1 {SERVICE}").endswith(" 1")


def test_hlr_replies_keep_their_order_behind_a_slow_one(home, hlr):
    home.fault("hlr", "latency", delay_s=0.1, count=1)
    for identity in range(1, 4):
        hlr.send(f"GET {identity} {SERVICE}")
    assert [hlr.receive().split()[1] for _ in range(3)] == ["1", "2", "3"]


def test_an_hlr_reply_out_of_order_comes_after_the_next(home, hlr):
    home.fault("hlr", "out_of_order", count=1)
    for identity in (1, 2):
        hlr.send(f"GET {identity} {SERVICE}")
    assert [hlr.receive().split()[1] for _ in range(2)] == ["2", "1"]


def test_a_huge_hlr_reply_fills_its_frame(home, hlr):
    home.fault("hlr", "huge_body", count=1)
    assert len(hlr.ask(f"GET 1 {SERVICE}")) == 0xFFFE


def test_an_hlr_that_hangs_answers_nobody_on_that_connection(home, hlr):
    home.fault("hlr", "hang", call="info", count=1)
    hlr.socket.settimeout(0.2)
    hlr.send(f"GET 1 subscriber.by-imsi-{SIM}.info")
    with pytest.raises(TimeoutError):
        hlr.receive()
    assert HlrConnection(home.hlr_port).ask(f"GET 2 subscriber.by-imsi-{SIM}.info").startswith("GET_REPLY 2 ")


@pytest.mark.parametrize(
    ("party", "call", "known"),
    [
        ("care", "prepar", "prepare"),
        ("hlr", "cs-enabled", "service"),
        ("CIRUS", "answer", "desk"),
        ("smdp", "x", "downloadOrder"),
        ("equipment", "x", "handset"),
    ],
)
def test_a_fault_on_a_call_that_nobody_makes_is_refused_with_the_calls_there_are(home, party, call, known):
    answer = home.http.put(f"/admin/faults/{party}", json={"kind": "500", "call": call})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "unknown_call", "call")
    assert known in answer.json()["message"]
    assert home.http.get("/admin/faults").json()["items"] == []
