"""The official client of the clearing house, unmodified, against the simulated one: as sender and as receiver."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from coin_sdk.common.securityservice import SecurityService

from tests.support.coin import PATIENCE_SECONDS, CoinOperator

BASE = "/number-portability/v3/dossiers"
_LINES = itertools.count()


@dataclass(frozen=True)
class SomeLine:
    number: str
    rio: str


class Answered(Exception):
    """The status and the error code that the client's caller would otherwise never see."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


class Revealing:
    """An error handler, as the client lets its caller pass one."""

    def handle_http_error(self, response: requests.Response) -> None:
        if response.status_code != 200:
            raise Answered(response.status_code, response.json()["errors"][0]["code"])


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy nor credentials of the machine come between client and loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("NETRC", "/dev/null")


@pytest.fixture
def admin(simulator: Any) -> Iterator[httpx.Client]:
    """With all robots at their desks: the tests of our parties take ALIZE's off."""
    with httpx.Client(base_url=simulator.base_url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
        client.put("/admin/robots/ALIZE", json={"enabled": True}).raise_for_status()
        yield client


@pytest.fixture
def fjord(simulator: Any) -> Iterator[CoinOperator]:
    operator = CoinOperator(simulator.base_url, Path(simulator.state_dir))
    operator.listen()
    yield operator
    operator.close()


@pytest.fixture
def line(admin: httpx.Client) -> SomeLine:
    """A line of CIRUS that no other test here uses."""
    found = admin.get("/admin/subscribers", params={"operator": "CIRUS", "limit": 100}).json()["items"]
    chosen = found[next(_LINES)]
    return SomeLine("0" + chosen["msisdn"][3:], chosen["rio"])


def registry(operator: CoinOperator, path: str) -> dict[str, Any]:
    url = f"{operator.base_url}/registry/v1/{path}"
    signing = SecurityService(operator.config)
    answer = requests.get(url, headers=signing.generate_headers(url), cookies=signing.generate_jwt(), timeout=5)
    answer.raise_for_status()
    return dict(answer.json())


def acknowledged(operator: CoinOperator, dossier: str) -> set[str]:
    """The operators that have acknowledged, once that is all of them or patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        shown = registry(operator, f"dossiers/{dossier}")["acknowledgements"]
        done = {one["operator"] for one in shown if one["at"]}
        if len(done) == len(shown) or time.monotonic() > end:
            return done
        time.sleep(0.05)


def agree(operator: CoinOperator, line: SomeLine) -> tuple[str, str]:
    """A dossier that CIRUS has agreed to, with its first possible date."""
    dossier = operator.new_dossier()
    operator.sender.send_message(operator.request(dossier, "CIRUS", line.number, line.rio))
    answer = operator.expect("portingrequestanswer", dossier)
    assert answer.body.blocking == "N"
    return dossier, answer.body.repeats[0].seq.firstpossibledate


def test_a_number_is_ported_and_everybody_acknowledges(fjord: CoinOperator, admin: httpx.Client, line: SomeLine):
    dossier, first = agree(fjord, line)
    assert first.endswith("080000")
    sent = fjord.sender.send_message(fjord.performed(dossier, "CIRUS", line.number, first))
    assert 30 <= len(sent.transactionId) <= 40
    assert acknowledged(fjord, dossier) == {"ALIZE", "BOREA", "CIRUS", "DUNE", "EOLE"}
    assert registry(fjord, f"numbers/{line.number}")["operator"] == "FJORD"
    shown = admin.get(f"/admin/numbers/+33{line.number[1:]}").json()
    assert set(shown["routing"].values()) == {"FJORD"}
    assert shown["hlr"] == []


def test_a_rio_of_another_line_is_refused_with_its_block_code(fjord: CoinOperator, line: SomeLine):
    dossier = fjord.new_dossier()
    wrong = line.rio[:3] + ("A" if line.rio[3] != "A" else "B") + line.rio[4:]
    fjord.sender.send_message(fjord.request(dossier, "CIRUS", line.number, wrong))
    answer = fjord.expect("portingrequestanswer", dossier)
    assert (answer.body.blocking, answer.body.repeats[0].seq.blockingcode) == ("Y", "13")
    assert registry(fjord, f"dossiers/{dossier}")["status"] == "refused"


def test_a_donor_may_delay_and_then_answers(fjord: CoinOperator, admin: httpx.Client, line: SomeLine):
    msisdn = f"+33{line.number[1:]}"
    admin.put(f"/admin/behaviours/{msisdn}", json={"answer": "delay"}).raise_for_status()
    dossier = fjord.new_dossier()
    fjord.sender.send_message(fjord.request(dossier, "CIRUS", line.number, line.rio))
    delayed = fjord.expect("pradelayed", dossier)
    assert len(delayed.body.answerduedatetime) == 14
    assert fjord.expect("portingrequestanswer", dossier).body.blocking == "N"


def test_a_message_of_an_unknown_dossier_comes_back_as_errorfound(fjord: CoinOperator):
    dossier = fjord.new_dossier()
    fjord.sender.send_message(fjord.cancel(dossier, "CIRUS"))
    error = fjord.expect("errorfound", dossier)
    assert error.body.repeats[0].seq.errorcode == "DOSSIER_UNKNOWN"


def test_a_cancelled_port_can_no_longer_be_performed(fjord: CoinOperator, line: SomeLine):
    dossier, first = agree(fjord, line)
    fjord.sender.send_message(fjord.cancel(dossier, "CIRUS"))
    fjord.sender.send_message(fjord.performed(dossier, "CIRUS", line.number, first))
    error = fjord.expect("errorfound", dossier)
    assert error.body.repeats[0].seq.errorcode == "DOSSIER_CANCELLED"
    assert registry(fjord, f"numbers/{line.number}")["operator"] == "CIRUS"


def test_a_client_at_the_donors_desk_answers_what_it_receives(
    simulator: Any, fjord: CoinOperator, admin: httpx.Client, line: SomeLine
):
    admin.put("/admin/robots/CIRUS", json={"enabled": False}).raise_for_status()
    cirus = CoinOperator(simulator.base_url, Path(simulator.state_dir), "CIRUS")
    try:
        cirus.listen()
        dossier = fjord.new_dossier()
        fjord.sender.send_message(fjord.request(dossier, "CIRUS", line.number, line.rio))
        asked = cirus.expect("portingrequest", dossier)
        assert asked.body.customerinfo.customerid == line.rio
        cirus.sender.send_message(cirus.acceptance(dossier, "FJORD", line.number, "20300107080000"))
        answer = fjord.expect("portingrequestanswer", dossier)
        assert answer.body.repeats[0].seq.firstpossibledate == "20300107080000"
        fjord.sender.send_message(fjord.cancel(dossier, "CIRUS"))
        cirus.expect("cancel", dossier)
    finally:
        cirus.close()
        admin.put("/admin/robots/CIRUS", json={"enabled": True}).raise_for_status()


def test_a_message_in_another_operators_name_is_forbidden(fjord: CoinOperator, line: SomeLine):
    fjord.sender._request_sender._error_handler = Revealing()
    impostor = replace(fjord, code="DUNE")
    with pytest.raises(Answered) as answered:
        fjord.sender.send_message(impostor.request(fjord.new_dossier(), "CIRUS", line.number, line.rio))
    assert (answered.value.status, answered.value.code) == (403, 8000)


def test_a_client_with_another_secret_is_not_admitted(fjord: CoinOperator):
    fjord.sender._request_sender._error_handler = Revealing()
    fjord.sender._request_sender._security_service.shared_key = b"another secret"
    with pytest.raises(Answered) as answered:
        fjord.sender.send_message(fjord.cancel(fjord.new_dossier(), "CIRUS"))
    assert (answered.value.status, answered.value.code) == (401, 8010)


def test_a_request_from_ten_minutes_ago_is_not_admitted(fjord: CoinOperator):
    fjord.sender._request_sender._error_handler = Revealing()
    stale = datetime.fromtimestamp(time.time() - 600, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    fjord.sender._request_sender._security_service.httpdate = lambda: stale
    with pytest.raises(Answered) as answered:
        fjord.sender.send_message(fjord.cancel(fjord.new_dossier(), "CIRUS"))
    assert (answered.value.status, answered.value.code) == (401, 8010)


def test_an_unknown_confirmation_is_not_found_and_a_repeated_one_is_fine(fjord: CoinOperator):
    dossier = fjord.new_dossier()
    fjord.sender.send_message(fjord.cancel(dossier, "CIRUS"))
    event = fjord.expect("errorfound", dossier)
    fjord.sender.confirm(event.id)
    fjord.sender._request_sender._error_handler = Revealing()
    with pytest.raises(Answered) as answered:
        fjord.sender.confirm("999999999")
    assert (answered.value.status, answered.value.code) == (404, 6011)


@pytest.mark.parametrize(
    ("path", "status", "code"), [("activationsn", 400, 1020), ("tea", 404, 1020), ("errorfound", 404, 1020)]
)
def test_paths_that_are_not_offered_say_so(fjord: CoinOperator, path: str, status: int, code: int):
    url = f"{fjord.base_url}{BASE}/{path}"
    signing = SecurityService(fjord.config)
    body = {"message": {}}
    answer = requests.post(
        url,
        json=body,
        headers=signing.generate_headers(url, "post", body),
        cookies=signing.generate_jwt(),
        timeout=5,
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_a_body_above_the_limit_is_not_read(fjord: CoinOperator):
    url = f"{fjord.base_url}{BASE}/cancel"
    answer = requests.post(url, data=b"x" * (256 * 1024 + 1), timeout=5)
    assert answer.status_code == 413


def test_fields_that_are_wrong_are_named_and_their_values_are_not(fjord: CoinOperator):
    url = f"{fjord.base_url}{BASE}/cancel"
    signing = SecurityService(fjord.config)
    pair = {"networkoperator": "FJORD"}
    header = {"sender": pair, "receiver": pair, "timestamp": "20261122999999"}
    body = {"message": {"header": header, "body": {"cancel": {"dossierid": "FJORD-1invalid"}}}}
    answer = requests.post(
        url,
        json=body,
        headers=signing.generate_headers(url, "post", body),
        cookies=signing.generate_jwt(),
        timeout=5,
    )
    assert answer.status_code == 400
    assert {error["code"] for error in answer.json()["errors"]} == {1000}
    assert "message.header.timestamp" in answer.text
    assert "999999" not in answer.text
