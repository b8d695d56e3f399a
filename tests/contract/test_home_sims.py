"""SIMs of both forms: stock, the shops' drawers, retiring, and a shipment that does not leave."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.support.esim import Esim
from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

LINES_OWN_CARD = "8933410000000000206"
FOREIGN = "8933420060000000000"


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def reserve(home: Home, reference: str, form: str = "physical", **more: object) -> dict[str, object]:
    return dict(home.write("/logistics/sims", {"reference": reference, "form": form, **more}).json())


def drawer_card(home: Home) -> str:
    return str(home.get("/admin/cards", operator="ALIZE", limit=1).json()["items"][0]["iccid"])


def by_name(iccid: str, reference: str) -> dict[str, object]:
    return {"reference": reference, "form": "physical", "handed_over": True, "iccid": iccid}


def state(home: Home, iccid: object) -> str:
    return str(home.get(f"{home.path}/logistics/cards/{iccid}").json()["state"])


def test_an_esim_comes_from_a_stock_of_its_own_and_goes_back_to_it(simulator):
    home = Home(simulator.base_url, simulator.hlr_port, "FJORD")
    first, second, third = (home.new_reference() for _ in range(3))
    esim = reserve(home, first, "esim", msisdn="+33639980060")
    assert (esim["form"], esim["state"], esim["imsi"][:6]) == ("esim", "reserved", "208467")
    assert home.write(f"/logistics/sims/{first}/release", {}).json() == {"state": "released"}
    assert reserve(home, second)["imsi"] != esim["imsi"]
    assert reserve(home, third, "esim")["imsi"] == esim["imsi"]
    home.close()


def test_an_esim_that_is_still_ordered_at_the_smdp_is_not_given_again(simulator):
    home = Home(simulator.base_url, simulator.hlr_port, "CIRUS")
    reference = home.new_reference()
    esim = reserve(home, reference, "esim")["iccid"]
    Esim(home).order(str(esim))
    home.write(f"/logistics/sims/{reference}/release", {})
    assert reserve(home, home.new_reference(), "esim")["iccid"] != esim
    home.close()


def test_a_reference_that_asks_for_another_sim_is_refused(home):
    reference = home.new_reference()
    reserve(home, reference)
    other = home.write("/logistics/sims", {"reference": reference, "form": "esim"})
    assert (other.status_code, other.json()["code"]) == (409, "reference_in_use")


def test_an_empty_stock_says_when_it_is_filled_and_fills_itself(simulator):
    eole = Home(simulator.base_url, simulator.hlr_port, "EOLE")
    now = datetime.fromisoformat(eole.get("/admin/clock").json()["legal"])
    stock = {"form": "esim", "remaining": 0, "restock_at": "+2d"}
    set_to = eole.http.put("/admin/stock/EOLE", json=stock).json()
    body = {"reference": eole.new_reference(), "form": "esim"}
    refused = eole.write("/logistics/sims", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "stock_empty")
    assert refused.json()["restock_at"] == set_to["restock_at"]
    assert timedelta(0) <= datetime.fromisoformat(set_to["restock_at"]) - now - timedelta(days=2) < timedelta(minutes=1)
    assert reserve(eole, eole.new_reference())["form"] == "physical"
    eole.http.put("/admin/stock/EOLE", json=stock | {"restock_at": now.isoformat()})
    assert eole.write("/logistics/sims", body).status_code == 201
    eole.close()


def test_a_card_of_the_drawer_is_handed_over_by_name_and_only_once(home):
    iccid, reference = drawer_card(home), home.new_reference()
    assert state(home, iccid) == "available"
    given = home.write("/logistics/sims", by_name(iccid, reference))
    assert (given.status_code, given.json()["iccid"], given.json()["state"]) == (201, iccid, "handed_over")
    refused = home.write("/logistics/sims", by_name(iccid, home.new_reference()))
    assert (refused.status_code, refused.json()["code"]) == (409, "sim_used")
    assert state(home, iccid) == "reserved"
    assert drawer_card(home) != iccid
    home.write(f"/logistics/sims/{reference}/release", {})
    assert state(home, iccid) == "retired"


@pytest.mark.parametrize(
    ("iccid", "status", "code"),
    [
        (LINES_OWN_CARD, 409, "sim_used"),
        (FOREIGN, 404, "unknown_sim"),
        ("8933410060000999990", 404, "unknown_sim"),  # its check digit is wrong
        ("8933410050000999998", 404, "unknown_sim"),  # in stock, in no drawer
    ],
)
def test_only_a_card_of_the_drawer_can_be_named(home, iccid, status, code):
    refused = home.write("/logistics/sims", by_name(iccid, home.new_reference()))
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_an_esim_has_no_card_to_be_named(home):
    body = by_name(drawer_card(home), home.new_reference()) | {"form": "esim"}
    refused = home.write("/logistics/sims", body)
    assert (refused.status_code, refused.json()["field"]) == (422, "iccid")


def test_a_card_is_retired_once_and_never_given_after_it(home):
    reference, first, second = (home.new_reference() for _ in range(3))
    shelf = reserve(home, first)["iccid"]
    home.write(f"/logistics/sims/{first}/release", {})
    for iccid in (shelf, LINES_OWN_CARD, drawer_card(home)):
        for _ in range(2):
            answer = home.write(f"/logistics/cards/{iccid}/retire", {"reference": reference})
            assert answer.json() == {"iccid": iccid, "state": "retired"}
        assert state(home, iccid) == "retired"
    assert home.effects(reference=reference) == ["sim_retired"] * 3
    assert reserve(home, second)["iccid"] != shelf
    unknown = home.write(f"/logistics/cards/{FOREIGN}/retire", {"reference": reference})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_sim")


def test_a_shipment_is_stopped_before_it_leaves_and_its_card_goes_back(home):
    reference, other = home.new_reference(), home.new_reference()
    card = reserve(home, reference, msisdn="+33639980061")
    answers = [home.write("/logistics/shipments", {"reference": reference, "msisdn": "+33639980061"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].status_code, answers[0].json()["state"]) == (201, "preparing")
    home.write(f"/logistics/sims/{reference}/release", {})
    assert home.get(f"{home.path}/logistics/shipments/{reference}").json()["state"] == "stopped"
    assert home.effects(reference=reference) == ["sim_reserved", "sim_shipment_ordered", "sim_released"]
    assert reserve(home, other)["iccid"] == card["iccid"]


def test_only_a_reserved_card_is_shipped(home):
    unknown, undone, given, esim = (home.new_reference() for _ in range(4))
    home.write(f"/logistics/sims/{undone}/release", {})
    reserve(home, given, handed_over=True)
    reserve(home, esim, "esim")
    expected = {
        unknown: (404, "unknown_reference"),
        undone: (409, "reference_cancelled"),
        given: (409, "not_shippable"),
        esim: (409, "not_shippable"),
    }
    for reference, refusal in expected.items():
        refused = home.write("/logistics/shipments", {"reference": reference, "msisdn": "+33639980062"})
        assert (refused.status_code, refused.json()["code"]) == refusal
    assert home.get(f"{home.path}/logistics/shipments/{given}").status_code == 404


@pytest.mark.parametrize(
    ("party", "calls"),
    [
        ("care", {"change_sim", "bill_fee"}),
        ("logistics", {"card", "retire", "ship", "shipment"}),
        ("equipment", {"handset", "block"}),
        ("ALIZE", {"callback"}),
    ],
)
def test_faults_find_the_calls_for_sims(home, party, calls):
    refused = home.http.put(f"/admin/faults/{party}", json={"kind": "500", "call": "nothing"}).json()
    assert calls <= set(refused["message"].removeprefix("call: one of ").split(", "))
