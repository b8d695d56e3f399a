"""Logistics, routing and notifications, as docs/home-systems.md promises them."""

from collections.abc import Iterator

import pytest
from stdnum import luhn

from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def card(reference: str, *, handed_over: bool = True) -> dict[str, object]:
    return {"reference": reference, "form": "physical", "handed_over": handed_over}


def test_a_reserved_card_is_new_and_found_by_its_reference(home):
    first, second = home.new_reference(), home.new_reference()
    cards = [home.write("/logistics/sims", card(reference)).json() for reference in (first, second)]
    assert cards[0]["imsi"] != cards[1]["imsi"]
    assert cards[0]["state"] == "handed_over"
    assert luhn.is_valid(cards[0]["iccid"])
    assert home.get(f"{home.path}/logistics/sims/{first}").json() == cards[0]
    assert home.effects(reference=first) == ["sim_reserved"]


def test_a_reference_has_one_card_whatever_the_number_of_keys(home):
    reference = home.new_reference()
    cards = [home.write("/logistics/sims", card(reference)).json() for _ in range(2)]
    assert cards[0] == cards[1]
    assert home.effects(reference=reference) == ["sim_reserved"]


def test_a_card_from_the_shelf_goes_back_and_is_given_again(home):
    first, second = home.new_reference(), home.new_reference()
    given = home.write("/logistics/sims", card(first, handed_over=False)).json()
    assert given["state"] == "reserved"
    assert home.write(f"/logistics/sims/{first}/release", {}).json() == {"state": "released"}
    assert home.write("/logistics/sims", card(second)).json()["imsi"] == given["imsi"]


def test_a_card_that_was_handed_over_is_never_given_again(home):
    first, second = home.new_reference(), home.new_reference()
    given = home.write("/logistics/sims", card(first)).json()
    home.write(f"/logistics/sims/{first}/release", {})
    assert home.write("/logistics/sims", card(second)).json()["imsi"] != given["imsi"]
    assert home.effects(reference=first) == ["sim_reserved", "sim_released"]


def test_a_reservation_undone_before_it_arrived_is_refused_when_it_arrives(home):
    reference = home.new_reference()
    assert home.write(f"/logistics/sims/{reference}/release", {}).status_code == 200
    late = home.write("/logistics/sims", card(reference))
    assert (late.status_code, late.json()["code"]) == (409, "reference_cancelled")
    assert home.effects(reference=reference) == []


def test_an_empty_stock_refuses_until_it_is_filled(simulator):
    eole = Home(simulator.base_url, simulator.hlr_port, "EOLE")
    eole.http.put("/admin/stock/EOLE", json={"remaining": 0})
    reference = eole.new_reference()
    refused = eole.write("/logistics/sims", card(reference), key=reference)
    assert (refused.status_code, refused.json()["code"]) == (409, "stock_empty")
    eole.http.put("/admin/stock/EOLE", json={"remaining": 1})
    assert eole.write("/logistics/sims", card(reference), key=reference).status_code == 201
    eole.close()


def test_a_routing_table_changes_alone_and_only_once(home):
    msisdn = home.new_number()
    assert home.get(f"{home.path}/routing/{msisdn}").json() == {"msisdn": msisdn, "operator": "CIRUS"}
    key = home.new_reference()
    for attempt in ("1", "2"):
        body = {"operator": "ALIZE", "dossier_id": "ALIZE-12345"}
        changed = home.write(f"/routing/{msisdn}", body, key=key + attempt, method="PUT")
        assert changed.json() == {"msisdn": msisdn, "operator": "ALIZE"}
    assert home.effects(key=f"{key}1") == ["routing_changed"]
    assert home.effects(key=f"{key}2") == []
    seen = home.get(f"/admin/numbers/{msisdn}").json()
    assert seen["routing"] == {"ALIZE": "ALIZE", "BOREA": "CIRUS", "CIRUS": "CIRUS", "DUNE": "CIRUS", "FJORD": "CIRUS"}
    assert seen["reference"] == {"operator": "CIRUS", "range_holder": "CIRUS"}


def test_numbers_of_a_virtual_operator_are_routed_to_its_host(home):
    msisdn = home.new_number()
    changed = home.write(f"/routing/{msisdn}", {"operator": "EOLE", "dossier_id": "EOLE-12345"}, method="PUT")
    assert changed.json()["operator"] == "BOREA"


def test_operators_without_a_table_of_their_own_have_none_to_change(simulator):
    for operator, status, code in (("EOLE", 404, "no_routing_table"), ("FJORD", 409, "routing_follows_reference")):
        home = Home(simulator.base_url, simulator.hlr_port, operator)
        refused = home.write("/routing/+33639984000", {"operator": "ALIZE"}, method="PUT")
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        home.close()


def test_messages_are_kept_and_read_back_page_by_page(home):
    reference, desk = home.new_reference(), "portability@cirus.example"
    for to, channel in (("+33639984001", "sms"), (desk, "email"), (desk, "email")):
        body = {"reference": reference, "kind": "k", "channel": channel, "to": to, "language": "fr", "text": "Bonjour"}
        assert home.write("/notifications/messages", body).status_code == 202
    path = f"{home.path}/notifications/messages"
    first = home.get(path, reference=reference, limit=2).json()
    rest = home.get(path, reference=reference, after=first["next"]).json()
    assert [len(first["items"]), len(rest["items"])] == [2, 1]
    assert home.get(path, reference=reference, after=rest["next"]).json() == {"items": [], "next": rest["next"]}
    assert len(home.get(path, to=desk, reference=reference).json()["items"]) == 2
    assert len(home.http.get(f"{path}?to=+33639984001&reference={reference}").json()["items"]) == 1
    assert home.effects(reference=reference) == ["message_sent"] * 3


def test_one_operators_messages_are_not_anothers(home):
    reference = home.new_reference()
    body = {"reference": reference, "kind": "k", "channel": "sms", "to": "+33639984001", "language": "en", "text": "Hi"}
    home.write("/notifications/messages", body)
    assert home.get("/home/DUNE/notifications/messages", reference=reference).json()["items"] == []
