"""Customer care, as docs/home-systems.md promises it."""

from collections.abc import Iterator

import pytest

from simulator.numbers import national
from simulator.world.identifiers import rio_key
from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

START = {"effective_at": "2026-11-22T09:00:00Z"}


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def wanted(reference: str, msisdn: str) -> dict[str, object]:
    sim = {"iccid": "8933410050000000003", "imsi": "208415000000000"}
    return {"reference": reference, "msisdn": msisdn, "holder": {"kind": "consumer", "name": "Zoé"}, **sim}


def test_a_prepared_contract_becomes_a_line_with_a_valid_rio_of_its_new_operator(home):
    reference, msisdn = home.new_reference(), home.new_number()
    prepared = home.write("/care/subscriptions", wanted(reference, msisdn))
    assert (prepared.status_code, prepared.json()["state"]) == (201, "prepared")
    assert home.get(f"{home.path}/care/lines/{msisdn}").status_code == 404
    active = home.write(f"/care/subscriptions/{reference}/activate", START)
    assert active.status_code == 200
    rio = active.json()["rio"]
    assert rio[:3] == "A1P"
    assert rio[9:] == rio_key(rio[:9], national(msisdn))
    line = home.get(f"{home.path}/care/lines/{msisdn}").json()
    assert (line["state"], line["rio"], line["contract"]["id"]) == ("active", rio, prepared.json()["contract_id"])
    last = home.get("/admin/subscribers", operator="ALIZE", limit=1, order="desc").json()["items"][0]
    assert (last["msisdn"], last["operator"], last["range_holder"]) == (msisdn, "ALIZE", "CIRUS")
    assert home.effects(reference=reference) == ["subscription_prepared", "contract_activated"]


def test_a_subscription_is_found_by_its_reference(home):
    reference, msisdn = home.new_reference(), home.new_number()
    assert home.get(f"{home.path}/care/subscriptions/{reference}").json()["code"] == "unknown_reference"
    home.write("/care/subscriptions", wanted(reference, msisdn))
    found = home.get(f"{home.path}/care/subscriptions/{reference}").json()
    assert (found["state"], found["msisdn"], found["imsi"]) == ("prepared", msisdn, "208415000000000")
    assert "rio" not in found


def test_the_same_key_and_body_have_one_effect_and_one_answer(home):
    reference, msisdn = home.new_reference(), home.new_number()
    answers = [home.write("/care/subscriptions", wanted(reference, msisdn), key=f"{reference}:1") for _ in range(3)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert {answer.status_code for answer in answers} == {201}
    assert home.effects(reference=reference) == ["subscription_prepared"]


def test_the_same_key_with_another_body_is_refused(home):
    reference, msisdn = home.new_reference(), home.new_number()
    home.write("/care/subscriptions", wanted(reference, msisdn), key=f"{reference}:1")
    other = home.write("/care/subscriptions", wanted(reference, home.new_number()), key=f"{reference}:1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_write_without_a_key_is_refused(home):
    answer = home.http.post(f"{home.path}/care/subscriptions", json=wanted(home.new_reference(), home.new_number()))
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_activating_again_with_another_key_changes_nothing(home):
    reference, msisdn = home.new_reference(), home.new_number()
    home.write("/care/subscriptions", wanted(reference, msisdn))
    first = home.write(f"/care/subscriptions/{reference}/activate", START)
    assert home.write(f"/care/subscriptions/{reference}/activate", START).json() == first.json()
    assert home.effects(reference=reference).count("contract_activated") == 1


def test_a_reference_undone_before_it_arrived_is_refused_when_it_arrives(home):
    reference = home.new_reference()
    assert home.write(f"/care/subscriptions/{reference}/cancel", {}).json() == {"state": "cancelled"}
    late = home.write("/care/subscriptions", wanted(reference, home.new_number()))
    assert (late.status_code, late.json()["code"]) == (409, "reference_cancelled")
    assert home.effects(reference=reference) == []


def test_an_undone_preparation_cannot_be_activated_and_is_undone_once(home):
    reference = home.new_reference()
    home.write("/care/subscriptions", wanted(reference, home.new_number()))
    for _ in range(2):
        assert home.write(f"/care/subscriptions/{reference}/cancel", {}).status_code == 200
    refused = home.write(f"/care/subscriptions/{reference}/activate", START)
    assert (refused.status_code, refused.json()["code"]) == (409, "reference_cancelled")
    assert home.effects(reference=reference) == ["subscription_prepared", "subscription_cancelled"]


def test_an_active_contract_is_not_cancelled(home):
    reference = home.new_reference()
    home.write("/care/subscriptions", wanted(reference, home.new_number()))
    home.write(f"/care/subscriptions/{reference}/activate", START)
    refused = home.write(f"/care/subscriptions/{reference}/cancel", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_active")


def test_activating_what_was_never_prepared_is_not_found(home):
    refused = home.write(f"/care/subscriptions/{home.new_reference()}/activate", START)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_reference")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"msisdn": "0639984000"}, "msisdn"),
        ({"imsi": "٢٠٨٤١٥٠٠٠٠٠٠٠٠٠"}, "imsi"),
        ({"holder": {"kind": "robot", "name": "R2"}}, "holder.kind"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_bad_field_is_named_and_its_value_not_repeated(home, change, field):
    answer = home.write("/care/subscriptions", wanted(home.new_reference(), home.new_number()) | change)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "R2" not in answer.text


def test_an_unknown_operator_has_no_systems(home):
    answer = home.get("/home/NOBODY/care/lines/+33639980001")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_operator")
