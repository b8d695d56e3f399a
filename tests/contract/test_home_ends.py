"""Ends of contracts, as docs/home-systems.md promises them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.home import HlrConnection, Home
from tests.support.simulator_process import SimulatorProcess

AT = "2026-11-22T23:00:00.000000Z"
PACE = 500_000
"""Legal seconds in a real one: five days take less than a second."""
PATIENCE_S, POLL_S = 20.0, 0.02
HOLDER = {"kind": "consumer", "name": "Zoé Martin"}
ALIZES_FREE = "+33639980{}"
"""ALIZE's numbers from …850 on never had a line in a new world."""


@pytest.fixture
def home(simulator: SimulatorProcess) -> Iterator[Home]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield home
    home.close()


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[Home]:
    service = SimulatorProcess(state_dir=tmp_path / "state", pace=PACE)
    service.start()
    home = Home(service.base_url, service.hlr_port)
    yield home
    home.close()
    service.end()


def a_line(home: Home, index: int) -> dict[str, Any]:
    """One of ALIZE's plain lines; each test has one of its own."""
    return dict(home.get(f"{home.path}/care/lines/+3363998{index:04d}").json())


def new_line(home: Home, free: int) -> dict[str, Any]:
    """A line with a number that was free."""
    given = home.http.post("/admin/lines/ALIZE", json={"msisdn": ALIZES_FREE.format(free), "holder": HOLDER})
    assert given.status_code == 201, given.text
    return dict(given.json())


def ending(line: dict[str, Any], reference: str, at: str = AT) -> dict[str, Any]:
    contract = line["contract"]["id"]
    return {"reference": reference, "contract_id": contract, "effective_at": at, "reason": "terminated"}


def end(home: Home, line: dict[str, Any], reference: str = "te-1") -> Any:
    return home.write(f"/care/lines/{line['msisdn']}/end", ending(line, reference))


def until(home: Home, path: str, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = dict(home.get(home.path + path).json())
        if seen["state"] == state:
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(POLL_S)


def test_a_contract_ends_once_at_the_instant_given_and_keeps_its_rio(home):
    line, reference = a_line(home, 40), home.new_reference()
    answers = [end(home, line, reference) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json() for answer in answers] == [
        {"contract_id": line["contract"]["id"], "state": "ended", "ended_at": AT}
    ] * 2
    after = home.get(f"{home.path}/care/lines/{line['msisdn']}").json()
    assert after == {**line, "state": "ended", "ended_at": AT}
    assert home.effects(reference=reference) == ["contract_ended"]


def test_an_effect_of_an_end_has_the_key_that_it_came_with(home):
    line, reference = a_line(home, 41), home.new_reference()
    home.write(f"/care/lines/{line['msisdn']}/end", ending(line, reference), key=f"{reference}:end:1")
    assert home.effects(key=f"{reference}:end:1") == ["contract_ended"]


def test_only_a_contract_that_the_number_had_is_ended(home):
    line = a_line(home, 42)
    other = home.write(f"/care/lines/{line['msisdn']}/end", ending(a_line(home, 43), "te-1"))
    assert (other.status_code, other.json()["code"]) == (409, "contract_differs")
    nobody = home.write(f"/care/lines/{home.new_number()}/end", ending(line, "te-1"))
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_line")
    assert a_line(home, 42)["state"] == "active"


def test_a_number_is_given_to_a_new_line_once_it_is_in_the_pool_and_inherits_nothing(home):
    old = new_line(home, 850)
    number, free = old["msisdn"], {"msisdn": old["msisdn"], "holder": HOLDER}
    pool = f"/care/numbers/{number}/pool"
    assert home.write(pool, {"reference": "q-1"}).json()["code"] == "number_in_use"
    end(home, old)
    refused = home.http.post("/admin/lines/ALIZE", json=free)
    assert (refused.status_code, refused.json()["code"]) == (409, "number_not_free")
    reference = home.new_reference()
    hlr = HlrConnection(home.hlr_port)
    hlr.ask(f"SET 1 subscriber.by-imsi-{old['imsi']}.msisdn none")
    hlr.close()
    for _ in range(2):
        pooled = home.write(pool, {"reference": reference})
        assert (pooled.status_code, pooled.json()) == (200, {"msisdn": number, "state": "free"})
    assert home.effects(reference=reference) == ["number_pooled"]
    new = home.http.post("/admin/lines/ALIZE", json=free).json()
    assert new["state"] == "active"
    for name in ("rio", "iccid", "imsi"):
        assert new[name] != old[name]
    assert new["contract"]["id"] != old["contract"]["id"]
    assert new["contact"]["email"] != old["contact"]["email"]
    assert [sim["imsi"] for sim in home.get(f"/admin/numbers/{number}").json()["hlr"]] == [new["imsi"]]
    assert end(home, old).json()["contract_id"] == old["contract"]["id"]
    assert home.get(f"{home.path}/care/lines/{number}").json() == new
    assert home.http.post("/admin/lines/ALIZE", json=free).status_code == 409


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [("+33639986850", 409, "foreign_range"), ("+33612345678", 404, "unknown_number"), ("12", 422, "invalid_number")],
)
def test_only_a_number_of_its_own_range_goes_into_an_operators_pool(home, number, status, code):
    answer = home.write(f"/care/numbers/{number}/pool", {"reference": "q-1"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_terms_of_a_contract_can_be_set(home):
    line = a_line(home, 44)
    changed = {"amended_on": "2026-01-31", "commitment_months": 24, "handset_subsidy": True, "monthly_price": "29.9"}
    assert home.http.put(f"/admin/contracts/{line['msisdn']}", json=changed).is_success
    assert a_line(home, 44)["contract"] == {**line["contract"], **changed, "monthly_price": "29.90"}
    assert home.http.put(f"/admin/contracts/{line['msisdn']}", json={"amended_on": None}).is_success
    assert a_line(home, 44)["contract"]["amended_on"] is None


def test_what_billing_is_told_of_a_contract_is_its_account_and_goes_with_it(home):
    line = new_line(home, 851)
    account = f"{home.path}/care/contracts/{line['contract']['id']}/account"
    nothing = {"deposit": "0.00", "deposit_item": "", "item_returned_at": None, "advances": "0.00"}
    assert home.get(account).json() == nothing
    put = f"/admin/billing/{line['msisdn']}"
    assert home.http.put(put, json={"deposit": "30", "deposit_item": "router"}).is_success
    shown = home.http.put(put, json={"advances": "9.90", "errors": ["fee_twice"]}).json()
    assert (shown["deposit"], shown["errors"], shown["dispute"], shown["pays"]) == (
        "30.00",
        ["fee_twice"],
        "credit",
        True,
    )
    assert home.get(put).json() == shown
    assert home.get(account).json() == {**nothing, "deposit": "30.00", "deposit_item": "router", "advances": "9.90"}
    assert home.http.put(put, json={"errors": ["none"]}).status_code == 422
    assert home.http.put(f"/admin/billing/{home.new_number()}", json={}).json()["code"] == "unknown_line"


def test_money_is_paid_back_once_per_reference_and_never_as_another_amount(home):
    line, reference = a_line(home, 45), home.new_reference()
    body = {"reference": reference, "contract_id": line["contract"]["id"], "kind": "deposit"}
    first = home.write("/care/refunds", {**body, "amount": "30"})
    assert (first.status_code, first.json()["amount"]) == (201, "30.00")
    assert home.write("/care/refunds", {**body, "amount": "30.00"}).json() == first.json()
    other = home.write("/care/refunds", {**body, "amount": "45.00"})
    assert (other.status_code, other.json()["code"]) == (409, "refund_exists")
    assert home.effects(reference=reference) == ["refunded"]


def test_a_contract_has_one_last_invoice(home):
    line, reference = a_line(home, 46), home.new_reference()
    asked = {"contract_id": line["contract"]["id"], "effective_at": AT, "leaving_fee": "10.00"}
    first = home.write("/care/invoices", {"reference": reference, **asked})
    assert first.status_code == 201
    assert home.write("/care/invoices", {"reference": reference, **asked}).json() == first.json()
    for reused, code in ((reference, "reference_in_use"), (home.new_reference(), "invoice_exists")):
        refused = home.write("/care/invoices", {"reference": reused, **asked, "leaving_fee": "11.00"})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    pending = home.get(f"{home.path}/care/invoices/{first.json()['invoice_id']}").json()
    assert (pending["state"], pending["issued_at"], pending["lines"], pending["total"]) == ("pending", None, [], "0.00")
    assert home.effects(reference=reference) == ["final_invoice_requested"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/care/contracts/ALIZE-9999999999/account", "unknown_contract"),
        ("/care/contracts/CIRUS-0000000001/account", "unknown_contract"),
        ("/care/contracts/ALIZE-N999999999/account", "unknown_contract"),
        ("/care/invoices/I9999999999", "unknown_invoice"),
        ("/care/invoices/٠", "unknown_invoice"),
        ("/care/disputes/D0000000099", "unknown_dispute"),
    ],
)
def test_what_billing_does_not_know_is_not_found(home, path, code):
    answer = home.get(home.path + path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (
            "/care/invoices",
            {"reference": "r", "contract_id": "c", "effective_at": AT, "leaving_fee": "-1"},
            "leaving_fee",
        ),
        ("/care/disputes", {"reference": "r", "invoice_id": "i", "differences": []}, "differences"),
        ("/care/refunds", {"reference": "r", "contract_id": "c", "kind": "gift", "amount": "1"}, "kind"),
    ],
)
def test_a_bad_field_of_billing_is_named(home, path, body, field):
    answer = home.write(path, body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "call", ["account", "end", "final_invoice", "invoice", "dispute", "dispute_state", "refund", "pool"]
)
def test_each_call_of_an_end_can_be_made_to_fail(home, call):
    paths = {
        "account": ("GET", "/contracts/c/account"),
        "end": ("POST", "/lines/+33639980001/end"),
        "final_invoice": ("POST", "/invoices"),
        "invoice": ("GET", "/invoices/i"),
        "dispute": ("POST", "/disputes"),
        "dispute_state": ("GET", "/disputes/d"),
        "refund": ("POST", "/refunds"),
        "pool": ("POST", "/numbers/+33639980001/pool"),
    }
    method, path = paths[call]
    home.fault("care", "503", call=call, count=1)
    assert home.http.request(method, f"{home.path}/care{path}", json={}).status_code == 503


def test_invoice_dispute_payment_and_item_follow_by_themselves(fast):
    line, reference = a_line(fast, 1), fast.new_reference()
    told = {"errors": ["option_forgotten"], "deposit": "50.00", "deposit_item": "router"}
    assert fast.http.put(f"/admin/billing/{line['msisdn']}", json=told).is_success
    now = fast.get("/admin/clock").json()["legal"]
    contract = {"reference": reference, "contract_id": line["contract"]["id"], "effective_at": now}
    fast.write(f"/care/lines/{line['msisdn']}/end", {**contract, "reason": "terminated"})
    fee = {"reference": f"{reference}:sim", "msisdn": line["msisdn"], "contract_id": contract["contract_id"]}
    fast.write("/care/fees", {**fee, "amount": "15.00", "reason": "lost"})
    asked = fast.write("/care/invoices", {**contract, "leaving_fee": "12.00"}).json()
    invoice = until(fast, f"/care/invoices/{asked['invoice_id']}", "paid")
    assert invoice["issued_at"] == asked["expected_at"]
    kinds = {item["kind"]: item["amount"] for item in invoice["lines"]}
    assert kinds.items() >= {"leaving_fee": "12.00", "sim_fee": "15.00", "option": "5.00"}.items()
    difference = {"kind": "option", "over": "5.00", "why": "no such option", "rule": "contract"}
    body = {"reference": reference, "invoice_id": asked["invoice_id"], "differences": [difference]}
    opened = fast.write("/care/disputes", body).json()
    assert fast.write("/care/disputes", body).json() == opened
    answered = until(fast, f"/care/disputes/{opened['dispute_id']}", "credited")
    assert (answered["credited"], answered["at"] > invoice["paid_at"]) == ("5.00", True)
    assert fast.get(f"{fast.path}/care/contracts/{contract['contract_id']}/account").json()["item_returned_at"] > now
    happened = fast.effects(reference=reference)
    assert happened == [
        *("contract_ended", "final_invoice_requested", "invoice_issued", "invoice_paid"),
        *("dispute_opened", "credit_note_issued"),
    ]
