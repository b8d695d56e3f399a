"""The HLRs on TCP: one per network, and what they do is in the effect log."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.home import HlrConnection, Home
from tests.support.simulator_process import SimulatorProcess

NETWORKS = ("ALIZE", "BOREA", "CIRUS", "DUNE", "FJORD")


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def first_line(home: Home, operator: str) -> dict[str, str]:
    line: dict[str, str] = home.get("/admin/subscribers", operator=operator, state="active", limit=1).json()["items"][0]
    return line


@pytest.mark.parametrize(("offset", "network"), list(enumerate(NETWORKS)))
def test_each_network_has_its_own_hlr(home, offset, network):
    line = first_line(home, network)
    reply = HlrConnection(home.hlr_port + offset).ask(f"GET 1 subscriber.by-msisdn-{line['msisdn'][1:]}.info")
    assert f"\nimsi\t{line['imsi']}\n" in reply
    elsewhere = HlrConnection(home.hlr_port + (offset + 1) % 5)
    assert elsewhere.ask(f"GET 1 subscriber.by-imsi-{line['imsi']}.info") == "ERROR 1 No such subscriber."


def test_a_virtual_operators_lines_are_in_its_hosts_hlr(home):
    line = first_line(home, "EOLE")
    assert line["imsi"] in HlrConnection(home.hlr_port + 1).ask(f"GET 1 subscriber.by-msisdn-{line['msisdn'][1:]}.info")


def test_a_number_put_on_a_new_sim_is_seen_from_above_with_its_effects(home):
    msisdn, imsi = home.new_number(), "208415900000001"
    before = home.last_effect()
    hlr = HlrConnection(home.hlr_port)
    hlr.ask(f"SET 1 subscriber.create {imsi}")
    hlr.ask(f"SET 2 subscriber.by-imsi-{imsi}.msisdn {msisdn[1:]}")
    seen = home.get(f"/admin/numbers/{msisdn}").json()["hlr"]
    assert seen == [{"operator": "ALIZE", "imsi": imsi, "iccid": "8933410059000000012", "barred": False}]
    hlr.ask(f"SET 3 subscriber.by-imsi-{imsi}.cs-enabled 0")
    hlr.ask(f"SET 4 subscriber.by-imsi-{imsi}.ps-enabled 0")
    assert home.get(f"/admin/numbers/{msisdn}").json()["hlr"][0]["barred"]
    hlr.ask(f"SET 5 subscriber.by-imsi-{imsi}.msisdn none")
    hlr.ask(f"SET 6 subscriber.delete {imsi}")
    items = [
        item
        for item in home.get("/admin/effects", after=before, limit=10_000).json()["items"]
        if item["party"] == "hlr"
    ]
    assert [(item["effect"], item["msisdn"]) for item in items] == [
        ("subscriber_created", None),
        ("msisdn_set", msisdn),
        ("service_disabled", msisdn),
        ("service_disabled", msisdn),
        ("msisdn_cleared", msisdn),
        ("subscriber_deleted", None),
    ]
    assert all(item["detail"]["operator"] == "ALIZE" and item["detail"]["imsi"] == imsi for item in items)


def test_two_connections_that_race_for_a_number_leave_it_on_one_sim(home):
    msisdn = home.new_number()[1:]
    cards = [f"2084159100000{index:02d}" for index in range(8)]
    replies: list[str] = []

    def grab(imsi: str) -> None:
        connection = HlrConnection(home.hlr_port)
        connection.ask(f"SET 1 subscriber.create {imsi}")
        replies.append(connection.ask(f"SET 2 subscriber.by-imsi-{imsi}.msisdn {msisdn}"))
        connection.close()

    threads = [threading.Thread(target=grab, args=(imsi,)) for imsi in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(reply.endswith(" OK") for reply in replies) == 1
    assert sum(reply == "ERROR 2 Update MSISDN failed" for reply in replies) == len(cards) - 1


def test_what_is_no_command_is_an_error_and_the_connection_goes_on(home):
    connection = HlrConnection(home.hlr_port)
    assert connection.ask("HELLO").startswith("ERROR err ")
    assert connection.ask("GET x subscriber").startswith("ERROR err ")
    assert connection.ask("GET 3 subscriber").startswith("ERROR 3 ")
