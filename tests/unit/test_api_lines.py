"""Bar, unbar, lock, unlock: accepted whatever order holds the line, for people who have shown who they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.lines import LineChange, LineServiceOrder
from domain.orders import JournalEntry, OrderState, OrderStatus
from tests.support.api_kit import MSISDN, NOW, Api, our_line

BODY: dict[str, Any] = {"reason": "the phone was found", "authentication": {"method": "in_shop", "agent": "ada"}}
ACTIONS = ["bar", "unbar", "lock", "unlock"]


async def ask(api: Api, action: str, key: str | None = "key-1", msisdn: str = MSISDN, **changed: Any):
    body = {name: value for name, value in {**BODY, **changed}.items() if value is not None}
    return await api.post(f"/v1/lines/{msisdn}/{action}", body, key)


async def line(api: Api) -> dict[str, Any]:
    shown: dict[str, Any] = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()["line"]
    return shown


@pytest.mark.parametrize("action", ["bar", "unbar", "lock"])
async def test_a_line_service_is_accepted_and_started_whatever_holds_the_line(api: Api, action: str):
    holder = await api.replacing("key-0")
    answer = await ask(api, action, msisdn="06 39 98 00 01")
    assert answer.status_code == 202
    order_id = answer.json()["order_id"]
    assert order_id.startswith("ls-")
    assert answer.headers["Location"] == f"/v1/orders/{order_id}"
    assert answer.json()["kind"] == "line_service"
    await api.context.relay.sweep()
    order = api.temporal.started[order_id]
    assert isinstance(order, LineServiceOrder)
    assert (order.action, order.msisdn, order.reason) == (action, MSISDN, "the phone was found")
    assert order.authentication.agent == "ada"
    held_by = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()["held_by"]
    assert held_by["order_id"] == holder
    listed = (await api.client.get("/v1/orders?kind=line_service")).json()["items"]
    assert [order["order_id"] for order in listed] == [order_id]


async def test_the_same_key_is_one_order_and_another_action_under_it_is_refused(api: Api):
    first = await ask(api, "bar")
    again = await ask(api, "bar")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert (await ask(api, "lock")).json()["code"] == "idempotency_key_reused"
    other_line = "+33639980002"
    api.home.lines[other_line] = our_line(other_line)
    assert (await ask(api, "bar", msisdn=other_line)).json()["code"] == "idempotency_key_reused"
    assert (await ask(api, "bar", key=None)).json()["code"] == "idempotency_key_missing"


async def test_a_lock_holds_from_its_answer_on_and_the_number_shows_it(api: Api):
    assert (await line(api)) == dict.fromkeys(await line(api))
    order_id = (await ask(api, "lock")).json()["order_id"]
    assert ((await line(api))["locked_since"], (await line(api))["locked_by"]) == ("2026-05-13T08:00:00Z", order_id)


async def test_an_unlocking_opens_after_its_delay_and_the_number_shows_when(api: Api):
    await ask(api, "lock")
    api.clock.now = NOW + timedelta(hours=1)
    order_id = (await ask(api, "unlock", "key-2")).json()["order_id"]
    await api.context.relay.sweep()
    assert api.temporal.started[order_id].effective_at == NOW + timedelta(hours=25)
    shown = await line(api)
    assert (shown["locked_since"], shown["unlocks_at"]) == ("2026-05-13T08:00:00Z", "2026-05-14T09:00:00Z")
    await ask(api, "lock", "key-3")
    assert (await line(api))["unlocks_at"] is None


async def test_without_a_lock_there_is_nothing_to_lift(api: Api):
    answer = await ask(api, "unlock")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_locked")
    assert sum(api.journal.orders.counts().values()) == 0


async def test_a_number_shows_its_bar_and_its_last_swap(api: Api):
    order_id = await api.replacing()
    for key, change in (("bar", LineChange.BARRED), ("swap", LineChange.SWAPPED)):
        status = OrderStatus(state=OrderState.IN_PROGRESS, stage=key)
        entry = JournalEntry(order_id=order_id, key=key, status=status, line_changes=[change])
        api.journal.orders.record(entry, at_legal=NOW, at_real=NOW)
        shown = await line(api)
        assert shown["barred_since"] == ("2026-05-13T08:00:00Z" if key == "bar" else None)
    assert (shown["swapped_at"], shown["swapped_by"]) == ("2026-05-13T08:00:00Z", order_id)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"reason": None}, "reason", "field_missing"),
        ({"reason": "x" * 501}, "reason", "field_invalid"),
        ({"authentication": None}, "authentication", "field_missing"),
        ({"authentication": {"method": "one_time_code"}}, "authentication.method", "authentication_not_enough"),
        ({"authentication": {"method": "in_shop"}}, "authentication.agent", "agent_missing"),
        ({"authentication": {"method": "magic"}}, "authentication.method", "authentication_invalid"),
        ({"until": "tomorrow"}, "until", "field_unknown"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(api: Api, changed, field: str, code: str):
    for action in ACTIONS:
        answer = await ask(api, action, **changed)
        assert answer.status_code == 422
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert sum(api.journal.orders.counts().values()) == 0


async def test_a_number_without_a_line_of_ours_is_refused(api: Api):
    api.home.lines = {}
    for action in ACTIONS:
        answer = await ask(api, action)
        assert (answer.status_code, answer.json()["code"]) == (422, "number_not_ours")
        assert (await ask(api, action, msisdn="0142345678")).json()["code"] == "number_not_mobile"
        assert MSISDN not in answer.text


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_bar_does_not_wait_for_customer_care(tmp_path: Path, trouble: str):
    async with Api(tmp_path, patience_s=0.1) as api:
        setattr(api.home, trouble, True)
        assert (await ask(api, "bar")).status_code == 202


async def test_a_bar_is_more_impatient_than_anything_else(api: Api):
    home = api.context.home_systems
    assert home.bar_patience_s < home.patience_s
