"""The admin routes: clock, operators, lines, numbers, effects."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

NETWORKS = {"ALIZE", "BOREA", "CIRUS", "DUNE", "FJORD"}


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def test_the_clock_of_a_world_at_pace_one_shows_real_time(home):
    clock = home.get("/admin/clock").json()
    assert clock["legal"] == clock["real"]
    assert clock["legal"].endswith("Z")
    assert (clock["pace"], clock["zone"]) == (1, "Europe/Paris")
    assert clock["world"]


def test_operators_say_who_they_are_and_where_their_systems_answer(home, simulator):
    operators = {item["code"]: item for item in home.get("/admin/operators").json()["items"]}
    codes = {code: item["rio_code"] for code, item in operators.items()}
    assert codes == {"ALIZE": "A1", "BOREA": "B1", "CIRUS": "C1", "DUNE": "D1", "EOLE": "E1", "FJORD": "AF"}
    eole = operators["EOLE"]
    assert (eole["virtual"], eole["network_operator"], eole["service_provider"]) == (True, "BOREA", "EOLE")
    assert eole["hlr"] is None
    ports = [operators[code]["hlr"]["port"] for code in sorted(NETWORKS)]
    assert ports == [simulator.hlr_port + offset for offset in range(5)]
    assert operators["CIRUS"]["consumer"] == "relais-cirus"
    found = home.http.get(f"{operators['DUNE']['addresses']['care']}/lines/+33639986050")
    assert found.json()["operator"] == "DUNE"


def test_lines_are_paged_without_gap_or_repetition(home):
    seen, after = [], 0
    while after is not None:
        page = home.get("/admin/subscribers", operator="DUNE", limit=300, after=after).json()
        seen += [item["contract"]["id"] for item in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) >= 1000
    backwards = home.get("/admin/subscribers", operator="DUNE", limit=300, order="desc").json()
    assert [item["contract"]["id"] for item in backwards["items"]] == seen[::-1][:300]


@pytest.mark.parametrize("state", ["active", "suspended", "ended"])
def test_lines_are_filtered_by_state(home, state):
    items = home.get("/admin/subscribers", operator="CIRUS", state=state, limit=30).json()["items"]
    assert len(items) == 30
    assert {(item["operator"], item["state"]) for item in items} == {("CIRUS", state)}


def test_a_line_shows_everything_that_names_it(home):
    line = home.get("/admin/subscribers", operator="BOREA", limit=1).json()["items"][0]
    assert {"msisdn", "operator", "range_holder", "rio", "holder", "iccid", "imsi", "contract", "state"} <= set(line)
    terms = {"signed_on", "amended_on", "commitment_months", "monthly_price", "handset_subsidy"}
    assert set(line["contract"]) == {"id", *terms}
    assert line["contract"]["amended_on"] is None
    assert isinstance(line["contract"]["monthly_price"], str)


def test_all_tables_and_hlrs_agree_about_every_line_of_a_new_world(home):
    for operator in ("DUNE", "EOLE"):
        items = home.get("/admin/subscribers", operator=operator, limit=1000).json()["items"]
        network = "BOREA" if operator == "EOLE" else operator
        for item in items[100::9]:
            seen = home.get(f"/admin/numbers/{item['msisdn']}").json()
            assert seen["reference"] == {"operator": operator, "range_holder": item["range_holder"]}
            assert seen["routing"] == dict.fromkeys(NETWORKS, network)
            if item["state"] == "ended":
                assert seen["hlr"] == []
            else:
                sim = {"operator": network, "imsi": item["imsi"], "iccid": item["iccid"]}
                assert seen["hlr"] == [sim | {"barred": item["state"] == "suspended"}]


def test_a_number_is_found_in_every_way_of_writing_it(home):
    answers = [home.http.get(f"/admin/numbers/{text}") for text in ("+33639986050", "%2B33639986050", "0639986050")]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].is_success


def test_a_free_number_is_its_range_holders_and_on_no_sim(home):
    seen = home.get(f"/admin/numbers/{home.new_number()}").json()
    assert seen["reference"] == {"operator": "CIRUS", "range_holder": "CIRUS"}
    assert seen["hlr"] == []


@pytest.mark.parametrize(
    ("text", "status", "code"), [("12", 422, "invalid_number"), ("0612345678", 404, "unknown_number")]
)
def test_what_is_no_number_of_the_world_is_refused_with_a_code(home, text, status, code):
    answer = home.get(f"/admin/numbers/{text}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/admin/subscribers?limit=0", "limit"),
        ("/admin/subscribers?state=dead", "state"),
        ("/admin/effects?after=-1", "after"),
    ],
)
def test_a_bad_parameter_is_named(home, path, field):
    answer = home.http.get(path)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_effects_are_numbered_without_gaps_and_never_go_back_in_real_time(home):
    for _ in range(3):
        home.write("/logistics/sims", {"reference": home.new_reference(), "form": "physical", "handed_over": True})
    page = home.get("/admin/effects", limit=10_000).json()
    numbers = [item["n"] for item in page["items"]]
    assert numbers == list(range(1, page["next"] + 1))
    stamps = [datetime.fromisoformat(item["real_at"]) for item in page["items"]]
    assert all(after - before >= timedelta(0) for before, after in pairwise(stamps))
    assert home.get("/admin/effects", after=page["next"]).json()["next"] >= page["next"]


def test_openapi_describes_every_route(home):
    paths = home.get("/openapi.json").json()["paths"]
    assert "/home/{operator}/care/subscriptions/{reference}/activate" in paths
    undescribed = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, route in methods.items()
        if not (route.get("description") or route.get("summary"))
    ]
    assert undescribed == []
