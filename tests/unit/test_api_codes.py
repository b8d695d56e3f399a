"""One-time codes and activation codes: each try counts, each is read once, and none is in a log or an error."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from domain.orders import CustomerMessage, OrderState
from journal import CUSTOMER_MESSAGE
from tests.support.api_kit import NOW, Api
from tests.support.journal_kit import delivered, entry

ACTIVATION_CODE = "1$smdp.alize.example$0123456789ABCDEF0123456789ABCDEF"
ICCID = "8933010000000000002"


@pytest_asyncio.fixture
async def order_id(api: Api) -> str:
    accepted = await api.replacing(form="esim", authentication={"method": "one_time_code"})
    await api.context.relay.sweep()
    return accepted


def sent_code(api: Api, order_id: str, number: int = 1) -> str:
    """The code that the order's holder gets."""
    message = CustomerMessage(kind=f"sim_replacement.code_{number}", channel="email", to="camille@example.org")
    real = datetime.now(UTC)
    api.journal.codes.send(order_id, number, message, entry=None, at_legal=api.clock.now, at_real=real)
    (item,) = api.journal.outbox.claim(CUSTOMER_MESSAGE, 1, 60, datetime.now(UTC))
    api.journal.outbox.mark_done(item.id)
    found = re.search(r'"code": "([0-9]{6})"', json.dumps(item.payload))
    assert found
    return found[1]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def try_code(api: Api, order_id: str, code: Any):
    return await api.client.post(f"/v1/orders/{order_id}/code", json={"code": code})


async def test_the_right_code_is_200_and_the_order_is_told_once(api: Api, order_id: str):
    code = sent_code(api, order_id)
    for typed in (f"{code[:3]} {code[3:]}", code):
        answer = await try_code(api, order_id, typed)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "right"})
    await api.context.relay.sweep()
    assert delivered(api.journal, order_id) == [("code_checked", {"right": True, "number": 1, "locked_until": None})]
    assert api.temporal.wakes == [order_id]


async def test_wrong_codes_are_counted_and_then_none_is_taken_for_a_day(api: Api, order_id: str):
    code = sent_code(api, order_id)
    for left in (2, 1):
        problem = (await try_code(api, order_id, other_than(code))).json()
        assert (problem["status"], problem["code"], problem["tries_left"]) == (409, "code_wrong", left)
    for typed in (other_than(code), code):
        problem = (await try_code(api, order_id, typed)).json()
        assert (problem["code"], problem["until"]) == ("code_locked", "2026-05-14T08:00:00Z")
    await api.context.relay.sweep()
    assert [content["right"] for _, content in delivered(api.journal, order_id)] == [False]
    assert api.temporal.wakes == [order_id]


@pytest.mark.parametrize("typed", [None, 123456, "12345", "1234567", "١٢٣٤٥٦", "12345\n6"])
async def test_what_is_no_code_is_named_in_words_and_counts_as_no_try(api: Api, order_id: str, typed: Any):
    code = sent_code(api, order_id)
    answer = await try_code(api, order_id, typed)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "code")
    assert "pattern" not in answer.text
    assert (await try_code(api, order_id, other_than(code))).json()["tries_left"] == 2


async def test_an_old_code_and_a_code_nobody_wants_are_409(api: Api, order_id: str):
    nobody = await try_code(api, order_id, "123456")
    assert (nobody.status_code, nobody.json()["code"]) == (409, "no_code_wanted")
    real = datetime.now(UTC) - timedelta(minutes=5)
    message = CustomerMessage(kind="sim_replacement.code_1", channel="email", to="camille@example.org")
    api.journal.codes.send(order_id, 1, message, entry=None, at_legal=NOW - timedelta(hours=1), at_real=real)
    assert (await try_code(api, order_id, "123456")).json()["code"] == "code_expired"


async def test_a_code_for_an_order_that_is_closed_or_unknown_is_a_problem(api: Api, order_id: str):
    code = sent_code(api, order_id)
    done = entry(1, "done", OrderState.CANCELLED).model_copy(update={"order_id": order_id})
    api.journal.orders.record(done, at_legal=NOW, at_real=NOW)
    assert (await try_code(api, order_id, code)).json()["code"] == "order_closed"
    assert (await try_code(api, f"sr-{'0' * 26}", code)).status_code == 404


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "١٢٣٤٥٦", "", 123456, None])
async def test_what_cannot_be_a_code_is_refused_and_costs_no_try(api: Api, order_id: str, typed: object):
    code = sent_code(api, order_id)
    answer = await api.client.post(f"/v1/orders/{order_id}/code", json={"code": typed})
    assert (answer.status_code, answer.json()["code"]) == (422, "field_invalid")
    problem = (await try_code(api, order_id, other_than(code))).json()
    assert problem["tries_left"] == 2


async def test_without_the_legal_clock_no_code_is_checked(api: Api, order_id: str):
    code = sent_code(api, order_id)
    api.clock.away = True
    assert (await try_code(api, order_id, code)).json()["code"] == "clock_unavailable"


async def test_no_code_is_in_an_answer_or_a_log(api: Api, order_id: str):
    code = sent_code(api, order_id)
    wrong = other_than(code)
    with capture_logs() as logs:
        answers = [await try_code(api, order_id, typed) for typed in (wrong, code, f"{code}7")]
        await api.context.relay.sweep()
    told = " ".join(answer.text for answer in answers) + json.dumps(logs) + json.dumps(delivered(api.journal, order_id))
    assert code not in told
    assert wrong not in told


async def test_an_activation_code_is_read_once_and_cached_by_nobody(api: Api, order_id: str):
    address = f"/v1/orders/{order_id}/activation-code"
    assert (await api.client.get(address)).json()["code"] == "no_activation_code"
    api.journal.profiles.matching_id(order_id, 1, ICCID)
    api.journal.profiles.offer_code(order_id, 1, ACTIVATION_CODE)
    first, second = await api.client.get(address), await api.client.get(address)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-store")
    assert first.json() == {
        "activation_code": ACTIVATION_CODE,
        "smdp_address": "smdp.alize.example",
        "matching_id": "0123456789ABCDEF0123456789ABCDEF",
    }
    assert (second.status_code, second.json()["code"]) == (410, "activation_code_read")
    assert second.json()["read_at"] in second.json()["detail"]
    assert second.headers["Cache-Control"] == "no-store"
    assert "0123456789ABCDEF" not in second.text


async def test_the_activation_code_of_a_new_profile_can_be_read_again(api: Api, order_id: str):
    address = f"/v1/orders/{order_id}/activation-code"
    for attempt in (1, 2):
        api.journal.profiles.matching_id(order_id, attempt, ICCID)
        api.journal.profiles.offer_code(order_id, attempt, ACTIVATION_CODE)
        assert (await api.client.get(address)).status_code == 200
        api.journal.profiles.withdraw_code(order_id, attempt)
    assert (await api.client.get(address)).json()["code"] == "no_activation_code"
    assert (await api.client.get(f"/v1/orders/sr-{'0' * 26}/activation-code")).json()["code"] == "not_found"
