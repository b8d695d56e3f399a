"""What care knows of a line's SIM, contact and fees, and the equipment register of its handset."""

from collections.abc import Iterator

import pytest

from tests.support.home import HlrConnection, Home
from tests.support.simulator_process import SimulatorProcess

SWAPPED_AT = "2026-11-22T10:00:00.000000Z"
IMEI = "356938035643809"
IMEI_WITHOUT_ESIM = "013569380356435"


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


def a_line(home: Home, index: int) -> dict[str, object]:
    """One of ALIZE's plain lines; each test has one of its own."""
    return dict(home.get(f"{home.path}/care/lines/+3363998{index:04d}").json())


def new_line(home: Home) -> dict[str, object]:
    """A line that has just joined."""
    reference, msisdn = home.new_reference(), home.new_number()
    card = home.write("/logistics/sims", {"reference": reference, "form": "physical", "handed_over": True}).json()
    sim = {"iccid": card["iccid"], "imsi": card["imsi"]}
    holder = {"kind": "consumer", "name": "Zoé"}
    home.write("/care/subscriptions", {"reference": reference, "msisdn": msisdn, "holder": holder, **sim})
    home.write(f"/care/subscriptions/{reference}/activate", {"effective_at": SWAPPED_AT})
    return dict(home.get(f"{home.path}/care/lines/{msisdn}").json())


def test_a_line_that_never_changed_says_so_and_how_its_holder_is_reached(home):
    line = a_line(home, 20)
    assert line["sim_since"] is None
    email = f"client.{line['contract']['id'].lower()}@mail.example"
    assert line["contact"] == {"email": email, "phone": None, "language": "fr", "changed_at": None}


def test_a_line_that_joined_has_had_its_sim_since_then(home):
    line = new_line(home)
    assert line["sim_since"] is not None
    assert home.get(f"{home.path}/logistics/cards/{line['iccid']}").json()["state"] == "used"


def test_a_changed_sim_is_the_lines_from_then_on_and_changed_once(home):
    line = a_line(home, 21)
    reference = home.new_reference()
    new = home.write("/logistics/sims", {"reference": reference, "form": "esim"}).json()
    change = {"iccid": new["iccid"], "imsi": new["imsi"], "swapped_at": SWAPPED_AT}
    for _ in range(2):
        answer = home.write(f"/care/lines/{line['msisdn']}/sim", {"reference": reference, **change})
        assert (answer.status_code, answer.json()) == (200, {"msisdn": line["msisdn"], **change})
    after = home.get(f"{home.path}/care/lines/{line['msisdn']}").json()
    assert after == {**line, "iccid": new["iccid"], "imsi": new["imsi"], "sim_since": SWAPPED_AT}
    assert home.effects(reference=reference) == ["sim_reserved", "sim_changed"]


def test_the_sim_of_no_line_and_of_one_that_ended_is_not_changed(home):
    body = {"reference": "r", "iccid": "8933410050000000003", "imsi": "208415000000000", "swapped_at": SWAPPED_AT}
    unknown = home.write(f"/care/lines/{home.new_number()}/sim", body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_line")
    ended = home.get("/admin/subscribers", operator="ALIZE", state="ended", limit=1).json()["items"][0]
    refused = home.write(f"/care/lines/{ended['msisdn']}/sim", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "line_ended")


def test_a_contact_that_changed_says_when_and_keeps_what_did_not(home):
    line = a_line(home, 22)
    before = home.get("/admin/clock").json()["legal"]
    home.http.put(f"/admin/contacts/{line['msisdn']}", json={"phone": "+33639980073", "language": "en"})
    seen = home.get(f"{home.path}/care/lines/{line['msisdn']}").json()["contact"]
    assert (seen["email"], seen["phone"], seen["language"]) == (line["contact"]["email"], "+33639980073", "en")
    assert seen["changed_at"] >= before
    home.http.put(f"/admin/contacts/{line['msisdn']}", json={"email": None})
    seen = home.get(f"{home.path}/care/lines/{line['msisdn']}").json()["contact"]
    assert (seen["email"], seen["phone"]) == (None, "+33639980073")
    unknown = home.http.put(f"/admin/contacts/{home.new_number()}", json={})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_line")


def test_a_fee_is_billed_once_per_reference_and_never_with_another_amount(home):
    line, reference = a_line(home, 23), home.new_reference()
    fee = {"reference": reference, "msisdn": line["msisdn"], "contract_id": line["contract"]["id"], "reason": "lost"}
    first = home.write("/care/fees", {**fee, "amount": "15"})
    again = home.write("/care/fees", {**fee, "amount": "15.00"})
    assert (first.status_code, first.json()["amount"]) == (201, "15.00")
    assert again.json() == first.json()
    other = home.write("/care/fees", {**fee, "amount": "10.00"})
    assert (other.status_code, other.json()["code"]) == (409, "fee_exists")
    wrong = home.write("/care/fees", {**fee, "contract_id": "ALIZE-9999999999", "amount": "15.00"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "unknown_contract")
    assert home.effects(reference=reference) == ["fee_billed"]


def test_where_a_number_is_in_the_hlr_is_right_at_every_moment_of_its_move(home):
    line = a_line(home, 24)
    new = home.write("/logistics/sims", {"reference": home.new_reference(), "form": "physical"}).json()
    hlr = HlrConnection(home.hlr_port)
    moves = (
        (f"subscriber.create {new['imsi']}", line["iccid"]),
        (f"subscriber.by-imsi-{line['imsi']}.msisdn none", None),
        (f"subscriber.by-imsi-{new['imsi']}.msisdn {line['msisdn'][1:]}", new["iccid"]),
    )
    for command, where in moves:
        assert hlr.ask(f"SET 1 {command}").startswith("SET_REPLY")
        seen = home.get(f"/admin/numbers/{line['msisdn']}").json()["hlr"]
        assert [sim["iccid"] for sim in seen] == ([] if where is None else [where])
    hlr.close()


def test_a_stolen_handset_is_blocked_once_for_all_operators(home, simulator):
    path, reference = f"/equipment/handsets/{IMEI}", home.new_reference()
    assert home.get(home.path + path).json() == {"imei": IMEI, "esim": True, "blocked": False}
    body = {"reference": reference, "declaration": "2026/1234"}
    answers = [home.write(f"{path}/block", body, method="PUT") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["blocked"] is True
    assert home.get(f"/home/DUNE{path}").json()["blocked"] is True
    assert home.effects(reference=reference) == ["handset_blocked"]


def test_a_handset_says_whether_it_takes_an_esim(home):
    assert home.get(f"{home.path}/equipment/handsets/{IMEI_WITHOUT_ESIM}").json()["esim"] is False


@pytest.mark.parametrize("imei", ["356938035643808", "35693803564380", "٣56938035643809"])
def test_what_is_no_imei_is_no_handset(home, imei):
    answer = home.get(f"{home.path}/equipment/handsets/{imei}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_imei")
