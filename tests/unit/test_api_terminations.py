"""POST /v1/terminations: what leaving costs is shown before; accepted once; refused with what is wrong."""

import asyncio
from typing import Any

import pytest

from api.http.examples import REQUESTS
from domain.contracts import Account
from domain.orders import OrderState
from domain.termination import FollowUp, SettlementOrder, TerminationOrder
from tests.support.api_kit import MSISDN, NOW, Api, our_line, replacement, termination
from tests.support.journal_kit import entry

IN_SHOP = {"method": "in_shop", "agent": "ada"}
BY_CODE = {"method": "one_time_code"}
COMMITTED = {
    "id": "CT-1",
    "signed_on": "2025-03-10",
    "commitment_months": 24,
    "monthly_price": "29.99",
    "handset_subsidy": True,
}


async def terminating(api: Api, key: str = "key-1", **changed: Any) -> str:
    """The id of a termination that was just accepted."""
    answer = await api.post_termination(termination(**changed), key)
    assert answer.status_code == 202, answer.text
    order_id: str = answer.json()["order_id"]
    return order_id


async def test_an_accepted_termination_answers_202_holds_the_line_and_starts_as_it_is_meant(api: Api):
    answer = await api.post_termination(termination(msisdn="06 39 98 00 01", requested_date="+30d"))
    order = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/orders/{order['order_id']}")
    assert order["order_id"].startswith("te-")
    assert (order["kind"], order["state"], order["recipient"]) == ("termination", "acknowledged", "ALIZE")
    assert order["timeline"][0]["reason"] == "last day: 2026-06-12"
    await api.context.relay.sweep()
    started = api.temporal.started[order["order_id"]]
    assert isinstance(started, TerminationOrder)
    assert (started.msisdn, str(started.requested_date), started.accepted_at) == (MSISDN, "2026-06-12", NOW)
    shown = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()
    assert (shown["state"], shown["held_by"]["order_id"]) == ("terminating", order["order_id"])


async def test_the_same_key_and_body_get_the_same_answer_whoever_is_away(api: Api):
    first = await api.post_termination()
    api.clock.away = api.home.away = True
    again = await api.post_termination(dict(reversed(termination().items())))
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await api.post_termination(termination(requested_date="+40d"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("line", "registry", "code"),
    [
        (None, "CIRUS", "number_not_ours"),
        (None, "ALIZE", "unknown_line"),
        (our_line(state="ended"), "ALIZE", "number_inactive"),
    ],
)
async def test_a_number_without_a_contract_of_ours_is_refused(api: Api, line, registry: str, code: str):
    api.home.lines = {} if line is None else {MSISDN: line}
    api.registry.operator = registry
    for key, query in (("key-1", {}), (None, {"dry_run": "true"})):
        answer = await api.post_termination(None, key, **query)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert sum(api.journal.orders.counts().values()) == 0


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("no number", {"msisdn": None}, "msisdn", "field_missing"),
    ("a fixed line", {"msisdn": "+33142345678"}, "msisdn", "number_not_mobile"),
    ("a day that is none", {"requested_date": "next week"}, "requested_date", "date_malformed"),
    ("a day that is a number", {"requested_date": 20260612}, "requested_date", "date_malformed"),
    ("yesterday", {"requested_date": "2026-05-12"}, "requested_date", "date_in_past"),
    ("before the notice", {"requested_date": "2026-05-22"}, "requested_date", "date_before_notice"),
    ("beyond a year", {"requested_date": "+367d"}, "requested_date", "date_too_far"),
    ("beyond all calendars", {"requested_date": "9999-12-31"}, "requested_date", "date_too_far"),
    ("beyond all years", {"requested_date": "+99999d"}, "requested_date", "date_too_far"),
    ("no authentication", {"authentication": None}, "authentication", "field_missing"),
    ("a method that is none", {"authentication": {"method": "x"}}, "authentication.method", "authentication_invalid"),
    ("a shop without agent", {"authentication": {"method": "in_shop"}}, "authentication.agent", "agent_missing"),
    ("a field that does not exist", {"reason": "bored"}, "reason", "field_unknown"),
]


@pytest.mark.parametrize(("changed", "field", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_a_wrong_field_is_named_and_nothing_is_kept(api: Api, changed, field: str, code: str):
    for key, query in (("key-1", {}), (None, {"dry_run": "true"})):
        answer = await api.post_termination(termination(**changed), key, **query)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code)
        assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
        assert MSISDN not in answer.text
    assert sum(api.journal.orders.counts().values()) == 0


async def test_all_wrong_fields_are_named_at_once_and_a_refused_date_says_what_today_is(api: Api):
    wrong = termination(msisdn="1", requested_date="+9d", authentication={"method": "in_shop"}, extra=1)
    problem = (await api.post_termination(wrong)).json()
    assert {error["code"] for error in problem["errors"]} == {
        "number_invalid",
        "date_before_notice",
        "agent_missing",
        "field_unknown",
    }
    refused = (await api.post_termination(termination(requested_date="+9d"))).json()
    assert "Wednesday 13 May 2026" in refused["detail"]
    assert "23 May 2026" in refused["detail"]


async def test_the_first_day_that_the_notice_allows_can_be_had(api: Api):
    await terminating(api, requested_date="+10d")


async def test_a_held_line_is_409_and_says_by_what(api: Api):
    holder = await api.replacing("key-0", reason="damaged")
    for key, query in (("key-1", {}), (None, {"dry_run": "true"})):
        problem = (await api.post_termination(None, key, **query)).json()
        assert (problem["status"], problem["code"], problem["held_by"]["order_id"]) == (409, "line_held", holder)


async def test_a_termination_keeps_other_orders_from_the_line(api: Api):
    order_id = await terminating(api)
    for answer in (await api.post_replacement(replacement(reason="damaged"), "key-2"), await api.post_port_in(key="k")):
        assert answer.json()["held_by"] == {
            "order_id": order_id,
            "kind": "termination",
            "since": "2026-05-13T08:00:00Z",
        }


async def test_a_locked_line_may_be_left(api: Api):
    body = {"reason": "as asked", "authentication": {"method": "portal"}}
    assert (await api.post(f"/v1/lines/{MSISDN}/lock", body, "lock")).status_code == 202
    assert (await api.post_termination(None, None, dry_run="true")).status_code == 200
    await terminating(api)


async def test_with_everything_but_the_clock_away_the_order_is_accepted_all_the_same(api: Api):
    api.home.away = api.registry.away = api.temporal.away = True
    await terminating(api)
    api.clock.away = True
    answer = await api.post_termination(None, "key-2")
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")


async def test_of_25_simultaneous_terminations_of_one_contract_one_is_accepted(api: Api):
    answers = await asyncio.gather(*(api.post_termination(None, f"key-{each}") for each in range(25)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 24


async def test_a_dry_run_shows_every_figure_with_its_rule_the_last_day_and_the_numbers_fate(api: Api):
    api.home.lines = {MSISDN: our_line(contract=COMMITTED)}
    api.home.accounts = {"CT-1": Account(deposit="49.00", deposit_item="router", advances="10.00")}
    shown = (await api.post_termination(None, None, dry_run="true")).json()
    cost = shown["cost"]
    assert (shown["dry_run"], shown["kind"], shown["last_day"], shown["code"]) == (
        True,
        "termination",
        "2026-05-23",
        None,
    )
    assert shown["effective_at"] == "2026-05-23T22:00:00Z"
    assert cost["fee"] == "53.98"  # nine whole months are left: a fifth of them
    assert cost["due_back"] == "59.00"
    assert all(line["what"] and line["rule"] for line in cost["lines"])
    assert shown["number"] == {
        "portable_until": "2026-07-02T22:00:00Z",
        "reassignable_from": "2026-07-07T22:00:00Z",
        "then": "back to its range holder BOREA",
    }
    assert (shown["plan"]["effective_at"], shown["notes"]) == (shown["effective_at"], [])
    assert sum(api.journal.orders.counts().values()) == 0


async def test_a_dry_run_says_what_nobody_could_tell(api: Api):
    api.home.billing_away = True
    without_account = (await api.post_termination(None, None, dry_run="true")).json()
    assert without_account["cost"]["due_back"] == "0.00"
    assert "billing" in without_account["notes"][0]
    api.home.away = api.registry.away = True
    shown = (await api.post_termination(None, None, dry_run="true")).json()
    assert (shown["cost"], shown["plan"], shown["last_day"]) == (None, None, "2026-05-23")
    assert [note.split(" ")[0] for note in shown["notes"]] == ["customer", "the"]
    assert "number" not in {check["check"] for check in shown["checks"]}


async def test_a_code_goes_to_the_line_and_without_any_channel_the_method_is_not_enough(api: Api):
    shown = (await api.post_termination(termination(authentication=BY_CODE), None, dry_run="true")).json()
    assert shown["code"] == "sms"
    api.home.lines = {MSISDN: our_line(state="suspended", contact={})}
    refused = (await api.post_termination(termination(authentication=BY_CODE), None, dry_run="true")).json()
    assert (refused["status"], refused["code"]) == (422, "authentication_not_enough")


@pytest.mark.parametrize(("authentication", "more"), [(IN_SHOP, set()), (BY_CODE, {"code"})])
async def test_a_termination_links_to_what_can_be_asked_of_it(api: Api, authentication, more: set[str]):
    links = (await api.post_termination(termination(authentication=authentication))).json()["links"]
    assert set(links) == {"order", "events", "cancel", "resolve", "note", "workflow"} | more


async def test_a_completed_termination_leads_to_its_settlement_and_back(api: Api):
    order_id = await terminating(api)
    settlement = SettlementOrder.model_validate(
        {
            "order_id": f"st-{order_id[3:]}",
            "line_hash": api.journal.lines.hash_of(MSISDN),
            "msisdn": MSISDN,
            "zone": "Europe/Paris",
            "ended_by": order_id,
            "contract": COMMITTED,
            "cost": {"last_day": "2026-05-23", "currency": "EUR"},
            "effective_at": NOW,
            "home": "ALIZE",
            "accepted_at": NOW,
            "accepted_at_real": NOW,
        }
    )
    follows = FollowUp(kind="settlement", order_id=settlement.order_id, order=settlement.model_dump(mode="json"))
    closed = entry(1, "closed", OrderState.COMPLETED, follow_ups=[follows]).model_copy(update={"order_id": order_id})
    outcome = closed.status.model_copy(update={"outcome": {"settlement": settlement.order_id}})
    api.journal.orders.record(closed.model_copy(update={"status": outcome}), at_legal=NOW, at_real=NOW)
    links = (await api.client.get(f"/v1/orders/{order_id}")).json()["links"]
    back = (await api.client.get(links["settlement"])).json()
    assert (back["kind"], back["links"]["ended_by"]) == ("settlement", f"/v1/orders/{order_id}")
    assert "cancel" not in back["links"]
    await api.context.relay.sweep()
    assert api.temporal.started[settlement.order_id] == settlement


async def test_the_example_of_the_document_is_accepted(api: Api):
    example = REQUESTS["TerminationBody"]
    api.home.lines[example["msisdn"]] = our_line(example["msisdn"])
    assert (await api.post_termination(example, None, dry_run="true")).status_code == 200
    assert (await api.post_termination(example)).status_code == 202
