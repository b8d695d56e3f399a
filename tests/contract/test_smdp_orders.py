"""The SM-DP+'s functions (ES2+) and every way in which they fail, as docs/home-systems.md promises them."""

from collections.abc import Iterator

import pytest

from tests.support.esim import PROTOCOL, SUCCESS, Esim
from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

EID = "89049032118427504800000000012345"
OTHER_EID = "89049032118427504800000000054321"
NOT_AVAILABLE = "8.2.1/3.3"
NEVER = {"download": "never"}


@pytest.fixture
def esim(simulator: SimulatorProcess) -> Iterator[Esim]:
    home = Home(simulator.base_url, simulator.hlr_port)
    yield Esim(home)
    home.close()


@pytest.fixture
def iccid(esim: Esim) -> str:
    """An eSIM that nobody will fetch."""
    return esim.reserve(esim.home.new_number(), phone=NEVER)


def test_a_profile_is_ordered_confirmed_and_released(esim, iccid):
    ordered = esim.call("downloadOrder", iccid=iccid, key="order-key")
    assert ordered["iccid"] == f"{iccid}F"
    confirmed = esim.call("confirmOrder", iccid=iccid, releaseFlag=False, matchingId=f"MATCH-{iccid}")
    assert confirmed["matchingId"] == f"MATCH-{iccid}"
    assert confirmed["smdpAddress"] == "smdp.alize.example"
    assert esim.ask("releaseProfile", iccid=iccid) == SUCCESS
    assert esim.effects(iccid) == [
        "profile_ordered Allocated",
        "profile_confirmed Confirmed",
        "profile_released Released",
    ]
    assert "profile_ordered" in esim.home.effects(key="order-key")


def test_an_order_for_a_known_phone_is_linked_and_can_be_released_at_once(esim, iccid):
    assert esim.ask("downloadOrder", iccid=iccid, eid=EID) == SUCCESS
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=True, eid=OTHER_EID) == "8.1.1/3.10"
    confirmed = esim.call("confirmOrder", iccid=iccid, releaseFlag=True)
    assert confirmed["eid"] == EID
    assert confirmed["matchingId"]
    assert esim.effects(iccid) == ["profile_ordered Linked", "profile_confirmed Released"]


def test_the_activation_codes_matching_id_is_in_no_effect(esim, iccid):
    matching_id = esim.release(iccid)["matchingId"]
    assert matching_id not in esim.home.get("/admin/effects", limit=10_000).text


def test_the_effects_name_the_number_that_logistics_was_told(esim):
    msisdn = esim.home.new_number()
    iccid = esim.order(esim.reserve(msisdn))
    items = esim.home.get("/admin/effects", limit=10_000).json()["items"]
    (ordered,) = [item for item in items if item["effect"] == "profile_ordered" and item["detail"]["iccid"] == iccid]
    assert ordered["msisdn"] == msisdn
    assert ordered["detail"] == {"operator": "ALIZE", "iccid": iccid, "state": "Allocated"}


@pytest.mark.parametrize("eid", [None, EID])
def test_a_repeated_order_is_refused_whatever_its_call_identifier(esim, iccid, eid):
    esim.order(iccid)
    again = {"iccid": iccid} if eid is None else {"iccid": iccid, "eid": eid}
    assert esim.ask("downloadOrder", **again) == NOT_AVAILABLE
    assert esim.effects(iccid) == ["profile_ordered Allocated"]


def test_what_was_not_ordered_is_neither_confirmed_nor_released(esim, iccid):
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=True) == NOT_AVAILABLE
    assert esim.ask("releaseProfile", iccid=iccid) == "8.2.1/3.5"
    esim.order(iccid)
    assert esim.ask("releaseProfile", iccid=iccid) == "8.2.1/3.5"
    esim.call("confirmOrder", iccid=iccid, releaseFlag=True)
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=True) == NOT_AVAILABLE
    assert esim.ask("releaseProfile", iccid=iccid) == "8.2.1/3.5"


@pytest.mark.parametrize("function", ["downloadOrder", "confirmOrder", "releaseProfile", "cancelOrder"])
def test_a_profile_that_is_nobodys_or_anothers_is_told_apart(simulator, esim, iccid, function):
    more = {"releaseFlag": True, "finalProfileStatusIndicator": "Available"}
    physical = "8933415000000000002"
    assert esim.ask(function, iccid=physical, **more) == "8.2.1/3.9"
    borea = Home(simulator.base_url, simulator.hlr_port, "BOREA")
    assert Esim(borea).ask(function, iccid=iccid, **more) == "8.2.1/1.2"
    borea.close()


def test_a_matching_id_belongs_to_one_order(esim, iccid):
    other = esim.order(esim.reserve())
    esim.order(iccid)
    matching_id = f"ONCE-{iccid}"
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=False, matchingId=matching_id) == SUCCESS
    assert esim.ask("confirmOrder", iccid=other, releaseFlag=False, matchingId=matching_id) == "8.2.6/3.3"


def test_a_profile_can_be_ordered_by_its_type_while_there_are_any(simulator):
    home = Home(simulator.base_url, simulator.hlr_port, "DUNE")
    dune = Esim(home)
    assert dune.ask("downloadOrder") == "8.2.1/2.2"
    assert dune.ask("downloadOrder", profileType="satellite") == "8.2.5/3.9"
    given = {dune.call("downloadOrder", profileType="consumer")["iccid"] for _ in range(100)}
    assert len(given) == 100
    assert dune.ask("downloadOrder", profileType="consumer") == "8.2.5/3.7"
    assert dune.cancel(min(given).removesuffix("F")) == SUCCESS
    assert dune.call("downloadOrder", profileType="consumer")["iccid"] == min(given)
    home.close()


def bring_to(esim: Esim, iccid: str, state: str) -> None:
    if state in ("Allocated", "Confirmed"):
        esim.order(iccid)
    if state == "Linked":
        esim.ask("downloadOrder", iccid=iccid, eid=EID)
    if state == "Confirmed":
        esim.ask("confirmOrder", iccid=iccid, releaseFlag=False)
    if state == "Released":
        esim.release(iccid)


@pytest.mark.parametrize("state", ["Allocated", "Linked", "Confirmed", "Released"])
def test_an_order_is_cancelled_in_every_state_before_the_download(esim, iccid, state):
    bring_to(esim, iccid, state)
    assert esim.cancel(iccid) == SUCCESS
    assert esim.effects(iccid)[-1] == "profile_cancelled Available"
    assert esim.cancel(iccid) == "Executed-WithWarning"
    assert esim.effects(iccid).count("profile_cancelled Available") == 1
    esim.order(iccid)
    assert esim.cancel(iccid, "Unavailable") == SUCCESS
    assert esim.ask("downloadOrder", iccid=iccid) == NOT_AVAILABLE


def test_cancelling_what_was_never_ordered_does_nothing(esim, iccid):
    assert esim.cancel(iccid, "Unavailable") == "Executed-WithWarning"
    assert esim.effects(iccid) == []
    esim.order(iccid)


def test_an_order_is_cancelled_with_its_own_matching_id_and_eid_only(esim, iccid):
    esim.ask("downloadOrder", iccid=iccid, eid=EID)
    matching_id = esim.call("confirmOrder", iccid=iccid, releaseFlag=True)["matchingId"]
    assert esim.cancel(iccid, matchingId="ANOTHER") == "8.2.6/3.1"
    assert esim.cancel(iccid, eid=OTHER_EID) == "8.1.1/3.10"
    assert esim.cancel(iccid, matchingId=matching_id, eid=EID) == SUCCESS


@pytest.mark.parametrize("headers", [{}, {"X-Admin-Protocol": "gsma/rsp/v3.0.0"}, {"X-Admin-Protocol": "http"}])
def test_a_call_in_another_protocol_is_no_es2_call(esim, iccid, headers):
    path = f"{esim.home.path}/smdp/gsma/rsp2/es2plus/downloadOrder"
    header = {"functionRequesterIdentifier": "r", "functionCallIdentifier": "c"}
    refused = esim.home.http.post(path, json={"header": header, "iccid": iccid}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "unsupported_protocol")
    assert esim.effects(iccid) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"header": {"functionRequesterIdentifier": "r"}}, "header.functionCallIdentifier"),
        ({"header": {"functionCallIdentifier": "c"}}, "header.functionRequesterIdentifier"),
        ({}, "header"),
    ],
)
def test_a_call_without_its_identifiers_is_refused(esim, iccid, body, field):
    path = f"{esim.home.path}/smdp/gsma/rsp2/es2plus/downloadOrder"
    refused = esim.home.http.post(path, json={**body, "iccid": iccid}, headers=PROTOCOL)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_fields_of_the_standard_that_nobody_needs_here_are_accepted(esim, iccid):
    esim.order(iccid)
    more = {"confirmationCode": "ABC", "smdsAddress": "lpa.ds.gsma.example", "targetEid": EID}
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=True, **more) == SUCCESS


def test_a_fault_strikes_the_function_that_it_names(esim, iccid):
    esim.home.fault("smdp", "503", call="confirmOrder", count=1)
    esim.order(iccid)
    path = f"{esim.home.path}/smdp/gsma/rsp2/es2plus/confirmOrder"
    assert esim.home.http.post(path, json={}, headers=PROTOCOL).status_code == 503
    assert esim.ask("confirmOrder", iccid=iccid, releaseFlag=True) == SUCCESS
