"""POST /v1/port-ins: accepted once, durable without Temporal, nothing kept when refused or only asked."""

import asyncio

import pytest

from domain.orders import OrderState
from tests.support.api_kit import MSISDN, Api, port_in, rio_of
from tests.support.journal_kit import entry


async def test_an_accepted_port_in_answers_202_with_its_location_and_its_order(api: Api):
    answer = await api.post_port_in()
    assert answer.status_code == 202
    order = answer.json()
    assert answer.headers["Location"] == f"/v1/orders/{order['order_id']}"
    assert (order["state"], order["donor"], order["recipient"], order["msisdn"]) == (
        "acknowledged",
        "CIRUS",
        "ALIZE",
        MSISDN,
    )
    assert order["accepted_at"] == "2026-05-13T08:00:00Z"
    assert order["zone"] == "Europe/Paris"
    shown = (await api.client.get(answer.headers["Location"])).json()
    assert {**shown, "journal_intact": None} == order
    assert shown["journal_intact"] is True


async def test_what_people_type_is_normalised_before_it_becomes_an_order(api: Api):
    typed = f" {rio_of()[:4].lower()} {rio_of()[4:]} "
    order_id = await api.accepted(msisdn="06 39 98 00 01", rio=typed, requested_date="+5d")
    await api.context.relay.sweep()
    order = api.temporal.started[order_id]
    assert (order.msisdn, order.authorisation.value, str(order.requested_date)) == (MSISDN, rio_of(), "2026-05-18")


async def test_the_same_key_and_body_get_the_same_answer_whatever_happened_since(api: Api):
    first = await api.post_port_in()
    journal_entry = entry(1, "done", OrderState.COMPLETED).model_copy(update={"order_id": first.json()["order_id"]})
    api.journal.orders.record(journal_entry, at_legal=api.clock.now, at_real=api.clock.now)
    api.clock.away = True
    again = await api.post_port_in(dict(reversed(port_in().items())))
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers


async def test_a_port_in_to_an_esim_is_accepted_and_links_to_its_activation_code(api: Api):
    answer = await api.post_port_in(port_in(sim={"form": "esim"}))
    assert answer.status_code == 202
    assert answer.json()["links"]["activation_code"] == f"{answer.headers['Location']}/activation-code"
    shown = (await api.post_port_in(port_in(sim={"form": "esim"}, msisdn="+33639980002"), None, dry_run="true")).json()
    assert shown["sim"] == {"form": "esim", "handed_over": False}


async def test_the_same_key_with_another_body_is_refused(api: Api):
    await api.post_port_in()
    other = await api.post_port_in(port_in(contact={"language": "en"}))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refusal_is_not_remembered_under_its_key(api: Api):
    refused = await api.post_port_in(port_in(mandate=None))
    assert refused.status_code == 422
    assert (await api.post_port_in()).status_code == 202


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_invalid"),
        ("two words", "idempotency_key_invalid"),
        ("k" * 256, "idempotency_key_invalid"),
        ("clé", "idempotency_key_invalid"),
    ],
)
async def test_a_key_that_is_missing_or_cannot_be_one_is_400(api: Api, key: str | None, code: str):
    headers = [] if key is None else [(b"idempotency-key", key.encode("latin-1"))]
    answer = await api.client.post("/v1/port-ins", json=port_in(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert api.journal.orders.counts()["acknowledged"] == 0


async def test_a_key_of_255_characters_is_one(api: Api):
    assert (await api.post_port_in(key="k" * 255)).status_code == 202


async def test_a_second_order_on_the_line_is_409_and_says_who_holds_it(api: Api):
    order_id = await api.accepted()
    answer = await api.post_port_in(key="key-2")
    assert (answer.status_code, answer.json()["code"]) == (409, "line_held")
    assert answer.json()["held_by"] == {"order_id": order_id, "kind": "port_in", "since": "2026-05-13T08:00:00Z"}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert MSISDN not in answer.text


async def test_a_dry_run_says_what_would_happen_and_keeps_nothing(api: Api):
    answer = await api.post_port_in(key=None, dry_run="true")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["dry_run"], shown["donor"], shown["cost"]["amount"]) == (True, "CIRUS", "0.00")
    assert (shown["plan"]["chosen_day"], shown["plan"]["slot_start"]) == ("2026-05-18", "2026-05-18T06:00:00Z")
    assert shown["plan"]["edition"]
    assert [line["check"] for line in shown["checks"]] == ["number", "rio", "holder", "date", "mandate", "line"]
    assert sum(api.journal.orders.counts().values()) == 0
    assert api.journal.lines.read(MSISDN).held_by is None
    assert (await api.post_port_in()).status_code == 202


async def test_a_dry_run_is_refused_as_the_order_would_be(api: Api):
    await api.accepted()
    assert (await api.post_port_in(key=None, dry_run="true")).json()["code"] == "line_held"
    body = port_in(requested_date="2026-05-14")
    assert (await api.post_port_in(body, key=None, dry_run="true")).json()["code"] == "date_not_working_day"


@pytest.mark.parametrize("query", [{"dryrun": "true"}, {"dry_run": "perhaps"}, {"dry_run": "true", "x": "1"}])
async def test_a_misspelt_dry_run_does_not_become_an_order(api: Api, query: dict[str, str]):
    answer = await api.post_port_in(**query)
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")
    assert sum(api.journal.orders.counts().values()) == 0


async def test_without_the_legal_clock_nothing_is_accepted_and_the_client_may_come_back(api: Api):
    api.clock.away = True
    answer = await api.post_port_in()
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    api.clock.away = False
    assert (await api.post_port_in()).status_code == 202


async def test_an_order_accepted_while_temporal_and_the_clearing_house_are_away_is_started_later_once(api: Api):
    api.temporal.away = api.registry.away = True
    order_id = await api.accepted()
    await api.context.relay.sweep()
    assert api.temporal.starts == []
    assert api.journal.outbox.awaits_start(order_id)
    api.temporal.away = False
    await api.context.relay.sweep()
    await api.context.relay.sweep()
    assert api.temporal.starts == [order_id]
    assert not api.journal.outbox.awaits_start(order_id)


async def test_of_25_simultaneous_posts_with_one_key_all_get_the_one_order(api: Api):
    answers = await asyncio.gather(*(api.post_port_in() for _ in range(25)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 24
    assert sum(api.journal.orders.counts().values()) == 1


async def test_of_25_simultaneous_posts_for_one_line_one_is_accepted(api: Api):
    answers = await asyncio.gather(*(api.post_port_in(key=f"key-{each}") for each in range(25)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [202] + [409] * 24
    winner = next(answer.json()["order_id"] for answer in answers if answer.status_code == 202)
    assert {answer.json()["held_by"]["order_id"] for answer in answers if answer.status_code == 409} == {winner}


async def test_a_contradicted_dry_run_is_refused_and_nothing_is_kept(api: Api):
    answer = await api.client.post(
        "/v1/port-ins?dry_run=true&dry_run=false", json=port_in(), headers={"Idempotency-Key": "key-1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")
    assert sum(api.journal.orders.counts().values()) == 0


async def test_a_held_line_says_which_order_holds_it_since_when(api: Api):
    order_id = await api.accepted()
    problem = (await api.post_port_in(key="key-2")).json()
    assert order_id in problem["detail"]
    assert problem["held_by"]["since"] in problem["detail"]
