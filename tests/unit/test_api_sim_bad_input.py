"""Every wrong field of a SIM replacement is named, with a code, without its value, and leaves nothing behind."""

from typing import Any

import pytest

from tests.support.api_kit import Api, replacement

IMEI, ICCID, EID = "490154203237518", "8933010000000000002", "89049032123451234512345678901235"
IN_SHOP = {"method": "in_shop", "agent": "ada"}
DECLARED = {"reference": "PV 2026/1", "filed_at": "2026-05-13T09:00:00+02:00"}


def stolen(**declared: Any) -> dict[str, Any]:
    """A theft with a declaration of which fields are changed; None leaves one out."""
    declaration = {name: value for name, value in {**DECLARED, **declared}.items() if value is not None}
    return {"reason": "stolen", "imei": IMEI, "declaration": declaration}


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("no number", {"msisdn": None}, "msisdn", "field_missing"),
    ("a fixed line", {"msisdn": "+33142345678"}, "msisdn", "number_not_mobile"),
    ("no reason", {"reason": None}, "reason", "field_missing"),
    ("a reason that is none", {"reason": "bored"}, "reason", "reason_invalid"),
    ("no form", {"form": None}, "form", "field_missing"),
    ("a paper SIM", {"form": "paper"}, "form", "form_invalid"),
    ("a short IMEI", {"imei": IMEI[:-1]}, "imei", "imei_invalid"),
    ("an IMEI of other digits", {"imei": IMEI.replace("4", "٤")}, "imei", "imei_invalid"),
    ("an IMEI that is an integer", {"imei": int(IMEI)}, "imei", "imei_invalid"),
    ("a mistyped IMEI", {"imei": IMEI[:-1] + "9"}, "imei", "imei_check_digit"),
    ("a short EID", {"form": "esim", "eid": EID[:-1]}, "eid", "eid_invalid"),
    ("a mistyped EID", {"form": "esim", "eid": EID[:-1] + "6"}, "eid", "eid_check_digit"),
    ("an EID for a card", {"eid": EID}, "eid", "field_unfit"),
    ("a foreign ICCID", {"iccid": "8988" + ICCID[4:], "authentication": IN_SHOP}, "iccid", "iccid_invalid"),
    ("a mistyped ICCID", {"iccid": ICCID[:-1] + "3", "authentication": IN_SHOP}, "iccid", "iccid_check_digit"),
    ("a card for an eSIM", {"form": "esim", "iccid": ICCID, "authentication": IN_SHOP}, "iccid", "field_unfit"),
    ("a card on the portal", {"iccid": ICCID}, "iccid", "field_unfit"),
    ("a declaration of a loss", {**stolen(), "reason": "lost"}, "declaration", "field_unfit"),
    ("a declaration without IMEI", {**stolen(), "imei": None}, "imei", "field_missing"),
    (
        "a declaration of tomorrow",
        stolen(filed_at="2026-05-14T09:00:00Z"),
        "declaration.filed_at",
        "declaration_in_future",
    ),
    ("a declaration without zone", stolen(filed_at="2026-05-13T09:00:00"), "declaration.filed_at", "instant_invalid"),
    ("a declaration of no day", stolen(filed_at=None), "declaration.filed_at", "field_missing"),
    ("a declaration without number", stolen(reference=None), "declaration.reference", "field_missing"),
    ("a declaration of spaces", stolen(reference="  "), "declaration.reference", "field_invalid"),
    ("a declaration that is a text", {**stolen(), "declaration": "PV 2026/1"}, "declaration", "field_invalid"),
    ("no authentication", {"authentication": None}, "authentication", "field_missing"),
    (
        "a method that is none",
        {"authentication": {"method": "trust me"}},
        "authentication.method",
        "authentication_invalid",
    ),
    ("no method", {"authentication": {}}, "authentication.method", "field_missing"),
    ("a shop without agent", {"authentication": {"method": "in_shop"}}, "authentication.agent", "agent_missing"),
    (
        "an agent of spaces",
        {"authentication": {**IN_SHOP, "agent": " "}},
        "authentication.agent",
        "authentication_invalid",
    ),
    ("a fraud on the portal", {"reason": "fraud"}, "authentication.method", "authentication_not_enough"),
    (
        "a handset to be blocked by who waits for a code",
        {"reason": "stolen", "imei": IMEI, "authentication": {"method": "one_time_code"}},
        "imei",
        "authentication_not_enough",
    ),
    ("a field that does not exist", {"priority": "high"}, "priority", "field_unknown"),
    ("a NUL", {"imei": IMEI[:-1] + "\x00"}, "imei", "character_forbidden"),
]


@pytest.mark.parametrize(("changed", "field", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_a_wrong_field_is_named_and_nothing_is_kept(api: Api, changed, field: str, code: str):
    body = replacement(**changed)
    for key, query in (("key-1", {}), (None, {"dry_run": "true"})):
        answer = await api.post_replacement(body, key, **query)
        assert answer.status_code == 422
        problem = answer.json()
        assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
        assert problem["code"] == code
        for secret in (IMEI[:-1], ICCID[:-1], EID[:-1], "PV 2026/1", "+33639980001"):
            assert secret not in answer.text
    assert sum(api.journal.orders.counts().values()) == 0


async def test_all_wrong_fields_are_named_at_once(api: Api):
    body = replacement(
        msisdn="0142345678",
        reason="fraud",
        form="esim",
        imei="1",
        eid="2",
        iccid="3",
        declaration={"reference": "PV", "filed_at": "2026-06-01T10:00:00Z"},
        authentication={"method": "portal"},
        extra=1,
    )
    problem = (await api.post_replacement(body)).json()
    assert problem["code"] == "request_invalid"
    assert {(error["field"], error["code"]) for error in problem["errors"]} == {
        ("msisdn", "number_not_mobile"),
        ("imei", "imei_invalid"),
        ("eid", "eid_invalid"),
        ("iccid", "iccid_invalid"),
        ("iccid", "field_unfit"),
        ("declaration", "field_unfit"),
        ("declaration.filed_at", "declaration_in_future"),
        ("authentication.method", "authentication_not_enough"),
        ("extra", "field_unknown"),
    }


async def test_a_mistake_in_one_field_hides_no_mistake_in_another(api: Api):
    body = replacement(reason="bored", form="paper", imei=IMEI[:-1], authentication={"method": "in_shop"})
    problem = (await api.post_replacement(body)).json()
    assert {error["code"] for error in problem["errors"]} == {
        "reason_invalid",
        "form_invalid",
        "imei_invalid",
        "agent_missing",
    }


async def test_a_refused_body_is_not_asked_about_anywhere(api: Api):
    api.home.lines = {}
    problem = (await api.post_replacement(replacement(imei="1"))).json()
    assert [error["code"] for error in problem["errors"]] == ["imei_invalid"]


async def test_a_declaration_of_this_very_moment_is_one(api: Api):
    assert (await api.post_replacement(replacement(**stolen(filed_at="2026-05-13T08:00:00Z")))).status_code == 202
