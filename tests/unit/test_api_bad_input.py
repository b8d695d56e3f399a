"""Every wrong field of a port in is named, with a code, without its value, and leaves nothing behind."""

from typing import Any

import pytest

from tests.support.api_kit import MSISDN, Api, port_in, rio_of

SWAPPED = rio_of()[:4] + rio_of()[5] + rio_of()[4] + rio_of()[6:]
ZERO_REFERENCE = rio_of(reference="O0KM2Q")
MISREAD = ZERO_REFERENCE.replace("O", "0")
FOREIGN_O = rio_of(reference="OK9M2Q").replace("O", "\u041e")

REUNION_RIO = rio_of("+262692123456")

SIGNED = "mandate.signed_at"


def named(name: str) -> dict[str, Any]:
    return {"holder": {"kind": "consumer", "name": name}}


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("a swapped pair", {"rio": SWAPPED}, "rio", "rio_invalid"),
    ("the RIO of another number", {"rio": rio_of("+33639980002")}, "rio", "rio_invalid"),
    ("a RIO too short", {"rio": rio_of()[:-1]}, "rio", "rio_invalid"),
    ("a RIO with a Cyrillic letter", {"rio": FOREIGN_O}, "rio", "rio_invalid"),
    ("a RIO of no operator", {"rio": rio_of(operator="Z9")}, "rio", "rio_invalid"),
    ("a RIO that is a number", {"rio": 12}, "rio", "rio_invalid"),
    ("our own RIO", {"rio": rio_of(operator="A1")}, "rio", "same_operator"),
    ("a fixed line", {"msisdn": "+33142345678", "rio": rio_of()}, "msisdn", "number_not_mobile"),
    ("a short number", {"msisdn": "3179", "rio": rio_of()}, "msisdn", "number_not_mobile"),
    ("a service number", {"msisdn": "0800123456", "rio": rio_of()}, "msisdn", "number_not_mobile"),
    ("a Belgian number", {"msisdn": "+32470123456", "rio": rio_of()}, "msisdn", "number_foreign"),
    ("a number too long", {"msisdn": "+336399800012", "rio": rio_of()}, "msisdn", "number_invalid"),
    ("Arabic-Indic digits", {"msisdn": "٠٦٣٩٩٨٠٠٠١", "rio": rio_of()}, "msisdn", "number_invalid"),
    ("full-width digits", {"msisdn": "０６３９９８０００１", "rio": rio_of()}, "msisdn", "number_invalid"),
    ("a number with letters", {"msisdn": "06CALLME00", "rio": rio_of()}, "msisdn", "number_invalid"),
    ("a number that is an integer", {"msisdn": 33639980001, "rio": rio_of()}, "msisdn", "number_invalid"),
    ("a number of Réunion", {"msisdn": "0692123456", "rio": REUNION_RIO}, "msisdn", "number_other_territory"),
    ("no number", {"msisdn": None, "rio": rio_of()}, "msisdn", "field_missing"),
    ("yesterday", {"requested_date": "2026-05-12"}, "requested_date", "date_in_past"),
    ("today", {"requested_date": "+0d"}, "requested_date", "date_too_early"),
    ("a Sunday", {"requested_date": "2026-05-17"}, "requested_date", "date_not_working_day"),
    ("Ascension Day", {"requested_date": "+1d"}, "requested_date", "date_not_working_day"),
    ("next year", {"requested_date": "2027-05-18"}, "requested_date", "date_too_far"),
    ("in 999 days", {"requested_date": "+999d"}, "requested_date", "date_too_far"),
    ("in 99999 days", {"requested_date": "+99999d"}, "requested_date", "date_too_far"),
    ("a French date", {"requested_date": "18/05/2026"}, "requested_date", "date_malformed"),
    ("no such day", {"requested_date": "2026-02-30"}, "requested_date", "date_malformed"),
    ("a date as a number", {"requested_date": 20260518}, "requested_date", "date_malformed"),
    ("no mandate", {"mandate": None}, "mandate", "mandate_missing"),
    ("a mandate of nothing", {"mandate": []}, "mandate", "mandate_missing"),
    ("an empty mandate", {"mandate": {}}, SIGNED, "mandate_missing"),
    (
        "a mandate of tomorrow",
        {"mandate": {"signed_at": "2026-05-14T10:00:00+02:00"}},
        "mandate.signed_at",
        "mandate_in_future",
    ),
    (
        "a mandate without zone",
        {"mandate": {"signed_at": "2026-05-12T11:11:11"}},
        "mandate.signed_at",
        "instant_invalid",
    ),
    ("a mandate as seconds", {"mandate": {"signed_at": 1778000000}}, SIGNED, "instant_invalid"),
    ("a mandate as text of seconds", {"mandate": {"signed_at": "1778000000"}}, SIGNED, "instant_invalid"),
    (
        "a mandate of no such day",
        {"mandate": {"signed_at": "2026-02-30T09:30:00Z"}},
        "mandate.signed_at",
        "instant_invalid",
    ),
    (
        "a mandate before all calendars",
        {"mandate": {"signed_at": "0001-01-01T00:00:00+14:00"}},
        "mandate.signed_at",
        "instant_invalid",
    ),
    ("a SIM of no form", {"sim": {}}, "sim.form", "field_missing"),
    ("a paper SIM", {"sim": {"form": "paper"}}, "sim.form", "field_invalid"),
    ("no SIM", {"sim": None}, "sim", "field_missing"),
    ("a holder without name", {"holder": {"kind": "consumer"}}, "holder.name", "holder_invalid"),
    ("a holder of spaces", named("   "), "holder.name", "holder_invalid"),
    ("a holder nobody can see", named("\u200b\u00ad"), "holder.name", "holder_invalid"),
    ("a holder too long", {"holder": {"kind": "consumer", "name": "x" * 201}}, "holder.name", "holder_invalid"),
    ("a holder of no kind", {"holder": {"kind": "cat", "name": "Camille"}}, "holder.kind", "holder_invalid"),
    ("a holder that is a text", {"holder": "Camille"}, "holder", "holder_invalid"),
    ("a field that does not exist", {"priority": "high"}, "priority", "field_unknown"),
    ("one inside another", {"sim": {"form": "physical", "colour": "red"}}, "sim.colour", "field_unknown"),
    ("no e-mail address", {"contact": {"email": "camille at example"}}, "contact.email", "email_invalid"),
    ("two e-mail addresses", {"contact": {"email": "a@example.org,b@example.org"}}, "contact.email", "email_invalid"),
    (
        "an e-mail with a header",
        {"contact": {"email": "a@example.org%0aBcc:b@x.fr"}},
        "contact.email",
        "email_invalid",
    ),
    ("no phone", {"contact": {"phone": "call me"}}, "contact.phone", "phone_invalid"),
    ("a language nobody writes", {"contact": {"language": "tlh"}}, "contact.language", "field_invalid"),
    ("a NUL", named("Cam\x00ille"), "holder.name", "character_forbidden"),
    (
        "a bidirectional override",
        named("Cam\u202eille"),
        "holder.name",
        "character_forbidden",
    ),
    ("a line break", {"rio": rio_of() + "\n"}, "rio", "character_forbidden"),
    (
        "half a surrogate pair",
        named("Cam\ud800"),
        "holder.name",
        "character_forbidden",
    ),
]


@pytest.mark.parametrize(("changed", "field", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("query", [{}, {"dry_run": "true"}], ids=["order", "dry run"])
async def test_a_wrong_field_is_named_and_nothing_is_kept(api: Api, changed, field: str, code: str, query):
    body = port_in(**changed)
    answer = await api.post_port_in(body, **query)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert problem["code"] == code
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert _echoes(body, answer.text) == []
    assert sum(api.journal.orders.counts().values()) == 0
    assert api.journal.lines.read(MSISDN).held_by is None
    assert api.journal.outbox.claim("start_workflow", 1, 1, api.clock.now) == []


async def test_all_wrong_fields_are_named_at_once(api: Api):
    body = port_in(
        msisdn="0142345678",
        rio="C1P",
        holder={"kind": "consumer"},
        sim={"form": "paper"},
        requested_date="2026-05-17",
        mandate={"signed_at": "2026-06-01T10:00:00Z"},
        extra=1,
    )
    problem = (await api.post_port_in(body)).json()
    assert problem["code"] == "request_invalid"
    assert {(error["field"], error["code"]) for error in problem["errors"]} == {
        ("msisdn", "number_not_mobile"),
        ("rio", "rio_invalid"),
        ("holder.name", "holder_invalid"),
        ("sim.form", "field_invalid"),
        ("requested_date", "date_not_working_day"),
        (SIGNED, "mandate_in_future"),
        ("extra", "field_unknown"),
    }


async def test_a_rio_with_o_and_zero_confused_is_refused_with_the_one_that_fits(api: Api):
    answer = await api.post_port_in(port_in(rio=MISREAD))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["suggestion"]) == (422, "rio_invalid", ZERO_REFERENCE)
    assert problem["errors"][0]["suggestion"] == ZERO_REFERENCE


async def test_a_refused_date_says_what_today_is(api: Api):
    problem = (await api.post_port_in(port_in(requested_date="2026-05-14"))).json()
    assert "Ascension" in problem["detail"]
    assert "13 May 2026" in problem["detail"]


async def test_a_mandate_of_this_very_moment_is_one(api: Api):
    assert (await api.post_port_in(port_in(mandate={"signed_at": "2026-05-13T08:00:00Z"}))).status_code == 202


async def test_a_contact_is_kept_in_its_normal_form(api: Api):
    contact = {"email": "Camille@EXAMPLE.org", "phone": "01 42 34 56 78", "language": "en"}
    order_id = await api.accepted(contact=contact)
    await api.context.relay.sweep()
    kept = api.temporal.started[order_id].contact
    assert (kept.email, kept.phone, kept.language) == ("Camille@example.org", "+33142345678", "en")


def _echoes(value: Any, text: str) -> list[str]:
    """The long values of a body that an answer repeats; words of our own vocabulary are none."""
    if isinstance(value, dict):
        return [echo for each in value.values() for echo in _echoes(each, text)]
    known = {"physical", "consumer", "business"}
    return [value] if isinstance(value, str) and len(value) > 6 and value not in known and value in text else []
