"""Reading: orders, lists, numbers, the clock, what was set aside; and problems for everything else."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.lines import numbers
from domain.orders import OrderState, OrderStatus, WaitingFor
from domain.refusals import refusal_from_block
from domain.timeline import TimelineCode, TimelineEvent
from tests.support.api_kit import MSISDN, NOW, Api
from tests.support.journal_kit import acceptance, entry


def tell(api: Api, order_id: str, status: OrderStatus, key: str = "told", **changed: Any) -> None:
    told = entry(1, key, **changed).model_copy(update={"order_id": order_id, "status": status})
    at = NOW + timedelta(hours=1)
    api.journal.orders.record(told, at_legal=at, at_real=at)


async def test_an_order_shows_which_one_it_belongs_to_and_may_have_no_line(api: Api):
    order_id = await api.accepted()
    whole = acceptance(2, kind="settlement", msisdn=None, related_to=order_id)
    api.journal.orders.accept(whole)
    shown = (await api.client.get(f"/v1/orders/{whole.order_id}")).json()
    assert (shown["related_to"], shown["msisdn"], shown["zone"]) == (order_id, None, None)
    assert (await api.client.get(f"/v1/orders/{order_id}")).json()["related_to"] is None


async def test_an_order_shows_whom_it_waits_for_and_its_story(api: Api):
    order_id = await api.accepted()
    waiting = WaitingFor(party="CIRUS", what="its answer", until=NOW, then="we remind its desk")
    status = OrderStatus(state=OrderState.PENDING, stage="donor_asked", waiting_for=waiting)
    tell(
        api,
        order_id,
        status,
        events=[TimelineEvent(code=TimelineCode.ASKED, what="donor asked", by="relais", reason="mandate")],
    )
    tell(api, order_id, status, key="silent", events=[])
    order = (await api.client.get(f"/v1/orders/{order_id}")).json()
    assert order["waiting_for"] == {
        "party": "CIRUS",
        "what": "its answer",
        "until": "2026-05-13T08:00:00Z",
        "then": "we remind its desk",
    }
    assert [(line["code"], line["what"], line["by"], line["at"]) for line in order["timeline"]] == [
        ("accepted", "accepted", "customer", "2026-05-13T08:00:00Z"),
        ("asked", "donor asked", "relais", "2026-05-13T09:00:00Z"),
    ]
    assert order["links"]["workflow"].endswith(f"/namespaces/default/workflows/{order_id}")


async def test_a_refused_order_shows_the_canonical_and_the_raw_code(api: Api):
    order_id = await api.accepted()
    refused = refusal_from_block("13", "RIO inconnu", "CIRUS")
    tell(api, order_id, OrderStatus(state=OrderState.REJECTED, stage="refused", refusal=refused))
    shown = (await api.client.get(f"/v1/orders/{order_id}")).json()["refusal"]
    assert (shown["code"], shown["raw_code"], shown["raw_text"], shown["fix_by"], shown["retry"]) == (
        "transfer_code_invalid",
        "13",
        "RIO inconnu",
        "customer",
        "after_fix_capped",
    )


async def test_lists_are_filtered_and_paged(api: Api):
    ids = [await api.accepted(f"key-{n}", msisdn=f"+3363998000{n}") for n in range(1, 6)]
    tell(api, ids[0], OrderStatus(state=OrderState.HELD, stage="x", needs_attention=True))
    first = (await api.client.get("/v1/orders", params={"limit": 3})).json()
    rest = (await api.client.get("/v1/orders", params={"limit": 3, "after": first["next"]})).json()
    assert [order["order_id"] for order in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None

    async def found(query: str) -> list[str]:
        return [order["order_id"] for order in (await api.client.get(f"/v1/orders?{query}")).json()["items"]]

    assert await found("state=held") == [ids[0]]
    assert await found("needs_attention=true") == [ids[0]]
    assert await found("kind=port_out") == []
    assert await found("msisdn=%2B33639980002") == await found("msisdn=+33639980002") == [ids[1]]
    assert await found("msisdn=06%2039%2098%2000%2002") == [ids[1]]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("state=lost", "state", "parameter_invalid"),
        ("kind=cat", "kind", "parameter_invalid"),
        ("limit=0", "limit", "parameter_invalid"),
        ("limit=501", "limit", "parameter_invalid"),
        ("status=held", "status", "parameter_invalid"),
        ("limit=1&limit=2", "limit", "parameter_invalid"),
        ("after=garbage", "after", "parameter_invalid"),
        ("after=a%00b", "after", "parameter_invalid"),
        ("msisdn=0142345678", "msisdn", "number_not_mobile"),
    ],
)
async def test_a_wrong_parameter_is_a_problem(api: Api, query: str, field: str, code: str):
    answer = await api.client.get(f"/v1/orders?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field


async def test_a_number_shows_who_serves_it_and_the_order_that_holds_it(api: Api):
    order_id = await api.accepted()
    shown = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()
    assert (shown["operator"], shown["range_holder"], shown["state"]) == ("CIRUS", "BOREA", "porting")
    assert shown["held_by"]["order_id"] == order_id
    assert [past["order_id"] for past in shown["history"]] == [order_id]
    free = (await api.client.get("/v1/numbers/0639980009")).json()
    assert (free["msisdn"], free["state"], free["history"]) == ("+33639980009", "active", [])


async def test_a_number_is_shown_without_the_registry_with_a_note(api: Api):
    order_id = await api.accepted()
    api.registry.away = True
    shown = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()
    assert shown["operator"] is None
    assert shown["held_by"]["order_id"] == order_id
    assert "cannot be reached" in shown["notes"][0]
    assert (await api.client.get("/v1/numbers/0639980009")).json()["state"] == "unknown"


async def test_an_impossible_number_is_a_problem_that_does_not_repeat_it(api: Api):
    answer = await api.client.get("/v1/numbers/0142345678")
    assert (answer.status_code, answer.json()["code"]) == (422, "number_not_mobile")
    assert "0142345678" not in answer.text


async def test_the_clock_shows_legal_and_real_time_and_the_pace(api: Api):
    shown = (await api.client.get("/v1/clock")).json()
    assert shown["legal"].startswith("2026-05-13T08:00:00")
    assert (shown["pace"], shown["zone"]) == (1e-9, "Europe/Paris")
    api.clock.away = True
    assert (await api.client.get("/v1/clock")).status_code == 503


async def test_messages_set_aside_are_listed_with_their_reason(api: Api):
    for message_id in (3, 4):
        api.journal.inbox.receive(message_id, "errorfound", "CIRUS-000000000000001", {"errorcode": "7"})
        api.journal.inbox.add_dead_letter(message_id, "unknown dossier")
    first = (await api.client.get("/v1/messages/aside?limit=1")).json()
    assert [(item["message_id"], item["reason"]) for item in first["items"]] == [(3, "unknown dossier")]
    rest = (await api.client.get(f"/v1/messages/aside?after={first['next']}")).json()
    assert [item["message_id"] for item in rest["items"]] == [4]


async def test_what_does_not_exist_is_a_problem(api: Api):
    unknown = await api.client.get("/v1/orders/pi-00000000000000000000000000")
    nowhere = await api.client.get("/v2/orders")
    wrong_way = await api.client.delete("/v1/port-ins")
    assert [(each.status_code, each.json()["code"]) for each in (unknown, nowhere, wrong_way)] == [
        (404, "not_found"),
        (404, "not_found"),
        (405, "method_not_allowed"),
    ]
    assert wrong_way.headers["Allow"] == "POST"
    assert {each.headers["Content-Type"] for each in (unknown, nowhere, wrong_way)} == {"application/problem+json"}


async def test_an_altered_journal_is_a_problem_and_shown_to_nobody(api: Api, tmp_path: Path):
    import sqlite3

    order_id = await api.accepted()
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.execute("UPDATE orders SET donor = 'BOREA'")
    connection.close()
    answer = await api.client.get(f"/v1/orders/{order_id}")
    assert (answer.status_code, answer.json()["code"]) == (500, "journal_altered")


async def test_health_needs_no_key_and_readiness_tells_of_temporal(api: Api):
    del api.client.headers["Authorization"]
    assert (await api.client.get("/healthz")).json() == {"status": "ok"}
    api.temporal.away = True
    assert (await api.client.get("/readyz")).json() == {
        "status": "ready",
        "temporal": False,
        "late_orders": 0,
        "overdue_numbers": 0,
    }


async def test_without_the_legal_clock_the_api_is_ready_and_says_that_overdue_numbers_are_not_known(api: Api):
    api.clock.away = True
    answer = await api.client.get("/readyz")
    assert (answer.status_code, answer.json()["overdue_numbers"]) == (200, None)


async def test_what_nobody_foresaw_is_a_problem_that_tells_nothing(api: Api):
    async def broken() -> None:
        raise LookupError(MSISDN)

    api.clock.read = broken  # type: ignore[method-assign,assignment]
    answer = await api.client.get("/v1/clock")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert MSISDN not in answer.text


async def test_messages_after_a_number_beyond_all_are_a_problem(api: Api):
    answer = await api.client.get(f"/v1/messages/aside?after={2**63}")
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")


async def test_a_reference_database_that_hangs_does_not_hold_up_the_answer(api: Api, monkeypatch):
    monkeypatch.setattr(numbers, "REGISTRY_PATIENCE_S", 0.01)
    api.registry.number = hanging  # type: ignore[method-assign]
    shown = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()
    assert (shown["state"], shown["operator"]) == ("unknown", None)
    assert "cannot be reached" in shown["notes"][0]


async def hanging(_msisdn: str) -> None:
    await asyncio.Event().wait()


async def test_an_order_id_that_no_database_may_take_is_a_problem(api: Api):
    answer = await api.client.get("/v1/orders/pi-%00")
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")
