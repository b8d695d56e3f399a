"""The customer's phone: what becomes of a released profile, and what the operator is told of it."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.callback_receiver import CallbackReceiver
from tests.support.esim import SUCCESS, Esim
from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

SECRET = "shared-with-the-sm-dp-plus"
DOWNLOADED, INSTALLED, ENABLED, DELETED = 3, 4, 5, 6
FETCHED = [
    "profile_ordered Allocated",
    "profile_confirmed Released",
    "profile_downloaded Downloaded",
    "profile_installed Installed",
    "profile_enabled Enabled",
]
QUICK = 0.05


@pytest.fixture(scope="module")
def receiver() -> Iterator[CallbackReceiver]:
    receiver = CallbackReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def esim(simulator: SimulatorProcess, receiver: CallbackReceiver) -> Iterator[Esim]:
    """Of an operator that no other test has callbacks for."""
    home = Home(simulator.base_url, simulator.hlr_port, "CIRUS")
    told = home.write("/callbacks/smdp", {"address": receiver.address, "secret": SECRET}, method="PUT")
    assert told.json() == {"party": "smdp", "address": receiver.address}
    yield Esim(home)
    home.close()


def points(receiver: CallbackReceiver, iccid: str, count: int) -> list[tuple[int, str]]:
    """Notification points and statuses, in the order in which they came."""
    told = receiver.wait_for(count, iccid=f"{iccid}F")
    return [(body["notificationPointId"], body["notificationPointStatus"]["status"]) for body in told]


def test_a_released_profile_is_downloaded_installed_and_enabled_and_each_is_told(esim, receiver):
    msisdn = esim.home.new_number()
    assert esim.home.get(f"/admin/phones/{msisdn}").json() == {
        "msisdn": msisdn,
        "download": "ok",
        "delay_s": 0.5,
        "inserts": True,
        "post": "delivered",
    }
    iccid = esim.reserve(msisdn)
    esim.release(iccid)
    assert points(receiver, iccid, 3) == [(DOWNLOADED, SUCCESS), (INSTALLED, SUCCESS), (ENABLED, SUCCESS)]
    assert esim.effects(iccid) == FETCHED
    instants = [datetime.fromisoformat(body["timestamp"]) for body in receiver.about(iccid=f"{iccid}F")]
    assert instants == sorted(instants)


def test_a_profile_on_a_phone_is_not_cancelled(esim, receiver):
    iccid = esim.reserve(esim.home.new_number(), phone={"delay_s": QUICK})
    esim.release(iccid)
    points(receiver, iccid, 1)
    assert esim.cancel(iccid) == "8.2.1/3.3"
    points(receiver, iccid, 3)
    assert esim.cancel(iccid, "Unavailable") == "8.2.1/3.3"
    assert esim.effects(iccid) == FETCHED


def test_a_callback_is_signed_over_its_time_and_its_body(esim, receiver):
    iccid = esim.reserve(esim.home.new_number(), phone={"delay_s": QUICK})
    esim.release(iccid)
    points(receiver, iccid, 1)
    (told, *_) = [told for told in receiver.told if told.json["iccid"] == f"{iccid}F"]
    timestamp = told.headers["x-timestamp"]
    assert abs(time.time() - int(timestamp)) < 60
    digest = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + told.body, hashlib.sha256).hexdigest()
    assert told.headers["x-signature"] == f"sha256={digest}"
    assert told.path == "/told/gsma/rsp2/es2plus/handleDownloadProgressInfo"
    assert told.headers["x-admin-protocol"] == "gsma/rsp/v2.2.0"
    assert told.json["profileType"] == "consumer"
    assert told.json["header"]["functionRequesterIdentifier"] == "smdp.cirus.example"


def test_a_failed_installation_is_told_and_the_next_profile_works(esim, receiver):
    msisdn = esim.home.new_number()
    first = esim.reserve(msisdn, phone={"download": "error", "delay_s": QUICK})
    esim.release(first)
    assert points(receiver, first, 2) == [(DOWNLOADED, SUCCESS), (INSTALLED, "Failed")]
    assert esim.effects(first)[-1] == "profile_failed Error"
    assert esim.cancel(first, "Unavailable") == SUCCESS
    second = esim.reserve(msisdn)
    esim.release(second)
    assert points(receiver, second, 3)[-1] == (ENABLED, SUCCESS)


def test_a_phone_that_always_fails_fails_again(esim, receiver):
    msisdn = esim.home.new_number()
    for phone in ({"download": "error_always", "delay_s": QUICK}, None):
        iccid = esim.reserve(msisdn, phone=phone)
        esim.release(iccid)
        assert points(receiver, iccid, 2)[-1] == (INSTALLED, "Failed")


def test_a_profile_that_the_customer_deletes_is_never_enabled(esim, receiver):
    iccid = esim.reserve(esim.home.new_number(), phone={"download": "deleted", "delay_s": QUICK})
    esim.release(iccid)
    assert points(receiver, iccid, 3) == [(DOWNLOADED, SUCCESS), (INSTALLED, SUCCESS), (DELETED, SUCCESS)]
    assert esim.effects(iccid)[-1] == "profile_deleted Deleted"
    assert esim.cancel(iccid, "Unavailable") == SUCCESS


def test_a_profile_that_waits_for_its_code_is_fetched_when_the_right_one_is_scanned(esim, receiver):
    msisdn = esim.home.new_number()
    iccid = esim.reserve(msisdn, phone={"download": "scan", "delay_s": QUICK})
    made_of = esim.release(iccid)

    def scan(address: str, matching_id: str) -> tuple[int, str]:
        body = {"activation_code": f"1${address}${matching_id}"}
        answer = esim.home.http.post(f"/admin/phones/{msisdn}/scan", json=body)
        return answer.status_code, answer.json().get("code", "")

    assert scan("smdp.borea.example", made_of["matchingId"]) == (404, "unknown_activation_code")
    assert scan(made_of["smdpAddress"], "ANOTHER") == (404, "unknown_activation_code")
    assert esim.effects(iccid)[-1] == "profile_confirmed Released"
    assert scan(made_of["smdpAddress"], made_of["matchingId"]) == (202, "")
    assert points(receiver, iccid, 3)[-1] == (ENABLED, SUCCESS)
    assert scan(made_of["smdpAddress"], made_of["matchingId"]) == (409, "profile_not_released")
    not_a_code = esim.home.http.post(f"/admin/phones/{msisdn}/scan", json={"activation_code": "12345"})
    assert (not_a_code.status_code, not_a_code.json()["field"]) == (422, "activation_code")


def test_a_phone_leaves_a_cancelled_profile_alone(esim, receiver):
    cancelled = esim.reserve(esim.home.new_number(), phone={"delay_s": 0.3})
    esim.release(cancelled)
    assert esim.cancel(cancelled) == SUCCESS
    later = esim.reserve(esim.home.new_number(), phone={"delay_s": 0.3})
    esim.release(later)
    points(receiver, later, 3)
    assert esim.effects(cancelled)[-1] == "profile_cancelled Available"
    assert receiver.about(iccid=f"{cancelled}F") == []


@pytest.mark.parametrize("body", [{"download": "perhaps"}, {"delay_s": -1}, {"post": "eaten"}, {"insert": False}])
def test_a_behaviour_that_no_phone_has_is_refused(esim, body):
    refused = esim.home.http.put(f"/admin/phones/{esim.home.new_number()}", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, next(iter(body)))


def test_a_profile_that_nobody_fetches_expires_after_seven_legal_days_and_can_be_ordered_again(tmp_path: Path):
    service, receiver = SimulatorProcess(state_dir=tmp_path, pace=400_000), CallbackReceiver()
    service.start()
    esim = Esim(Home(service.base_url, service.hlr_port))
    try:
        iccid = esim.reserve(esim.home.new_number(), phone={"download": "never"})
        esim.home.write("/callbacks/smdp", {"address": receiver.address, "secret": SECRET}, method="PUT")
        esim.release(iccid)
        assert points(receiver, iccid, 1) == [(1, "Expired")]
        items = esim.home.get("/admin/effects").json()["items"]
        released, expired = (datetime.fromisoformat(item["at"]) for item in items[-2:])
        # The term begins a moment before the release is recorded; at this pace a real second is nearly five days.
        assert timedelta(days=6.9) < expired - released < timedelta(days=20)
        assert esim.ask("releaseProfile", iccid=iccid) == "8.2.1/3.5"
        assert esim.cancel(iccid) == SUCCESS
        esim.order(iccid)
    finally:
        esim.home.close()
        service.end()
        receiver.close()
