"""What people send to a running order reaches it as an update, and its refusal is a 409 with its reason."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from domain.orders import OrderState
from domain.updates import (
    ActivateRequest,
    CancelRequest,
    DeclareRequest,
    NoteRequest,
    Recorded,
    RescheduleRequest,
    ResolveRequest,
    ReviewRequest,
)
from runtime.relay.gateway import NotAnswering, NotRunning, UpdateRefused
from tests.support.api_kit import NOW, Api
from tests.support.journal_kit import entry

REQUEST_BODIES: dict[str, dict[str, Any]] = {
    "cancel": {"by": "desk", "reason": "the customer called"},
    "reschedule": {"by": "desk", "reason": "the customer called", "date": "+5d"},
    "resolve": {"by": "desk", "reason": "asked the donor", "action": "retry"},
    "note": {"by": "desk", "text": "prefers e-mail"},
    "release": {"by": "desk", "reason": "called back"},
    "refuse": {"by": "desk", "reason": "nobody answers"},
    "activate": {"by": "customer"},
    "declaration": {"by": "desk", "reference": "PV 1", "filed_at": "2026-05-13T09:30:00+02:00"},
}

UPDATES = {"declaration": "declare"}
"""Names of updates that are not those of their routes."""


@pytest_asyncio.fixture
async def order_id(api: Api) -> str:
    started = await api.accepted()
    await api.context.relay.sweep()
    return started


@pytest.mark.parametrize(
    ("name", "request_model"),
    [
        ("cancel", CancelRequest(by="desk", reason="the customer called")),
        ("reschedule", RescheduleRequest(by="desk", reason="the customer called", date="+5d")),
        ("resolve", ResolveRequest(by="desk", reason="asked the donor", action="retry")),
        ("note", NoteRequest(by="desk", text="prefers e-mail")),
        ("release", ReviewRequest(by="desk", reason="called back")),
        ("refuse", ReviewRequest(by="desk", reason="nobody answers")),
        ("activate", ActivateRequest(by="customer")),
        ("declaration", DeclareRequest(by="desk", reference="PV 1", filed_at=NOW - timedelta(minutes=30))),
    ],
)
async def test_an_update_is_forwarded_with_its_actor_and_reason_and_answered(api: Api, order_id, name, request_model):
    api.temporal.answer = Recorded(state="pendingCancellation", message="the donor has to show it")
    answer = await api.client.post(f"/v1/orders/{order_id}/{name}", json=REQUEST_BODIES[name])
    assert answer.status_code == 200
    assert answer.json() == {
        "order_id": order_id,
        "state": "pendingCancellation",
        "message": "the donor has to show it",
    }
    assert [update[:3] for update in api.temporal.updates] == [(order_id, UPDATES.get(name, name), request_model)]


async def test_a_repetition_under_one_key_is_one_update_and_others_are_their_own(api: Api, order_id: str):
    for headers in ({"Idempotency-Key": "k"}, {"Idempotency-Key": "k"}, {}, {}):
        await api.client.post(f"/v1/orders/{order_id}/note", json=REQUEST_BODIES["note"], headers=headers)
    ids = [update[3] for update in api.temporal.updates]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


async def test_another_update_under_the_same_key_is_not_mistaken_for_a_repetition(api: Api, order_id: str):
    remark = REQUEST_BODIES["note"]
    for name, body in (("note", remark), ("note", {**remark, "text": "x"}), ("cancel", REQUEST_BODIES["cancel"])):
        await api.client.post(f"/v1/orders/{order_id}/{name}", json=body, headers={"Idempotency-Key": "k"})
    assert len({update[3] for update in api.temporal.updates}) == 3


async def test_an_order_that_says_no_is_409_with_its_sentence(api: Api, order_id: str):
    api.temporal.answer = UpdateRefused("too late: the eve's cut-off was at 18:00")
    answer = await api.client.post(f"/v1/orders/{order_id}/cancel", json=REQUEST_BODIES["cancel"])
    assert (answer.status_code, answer.json()["code"]) == (409, "refused_by_order")
    assert answer.json()["detail"] == "too late: the eve's cut-off was at 18:00"


@pytest.mark.parametrize(
    ("seqs", "answer"),
    [
        ((6, 7), (409, "refused_by_order")),  # its second no is about where it stands
        ((6, None), (409, "refused_by_order")),
        ((6, 6), (503, "order_catching_up")),
    ],
)
async def test_an_order_that_is_behind_its_journal_is_asked_again(
    api: Api, order_id: str, seqs: tuple[int, int | None], answer: tuple[int, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("api.updates.delivery._RETRY_AFTER_S", 0.0)
    held = entry(1, "held", OrderState.HELD, seq=7).model_copy(update={"order_id": order_id})
    api.journal.orders.record(held, at_legal=NOW, at_real=NOW)
    first, after = seqs
    api.temporal.answers = [UpdateRefused("nothing to resolve", first)]
    api.temporal.answer = UpdateRefused("already resolved", after)
    said = await api.client.post(f"/v1/orders/{order_id}/resolve", json=REQUEST_BODIES["resolve"])
    assert (said.status_code, said.json()["code"]) == answer
    assert len({update[3] for update in api.temporal.updates}) == 1


async def test_an_order_that_has_caught_up_takes_what_it_refused_before(api: Api, order_id: str):
    held = entry(1, "held", OrderState.HELD, seq=7).model_copy(update={"order_id": order_id})
    api.journal.orders.record(held, at_legal=NOW, at_real=NOW)
    api.temporal.answers = [UpdateRefused("nothing to resolve", 6)]
    said = await api.client.post(f"/v1/orders/{order_id}/resolve", json=REQUEST_BODIES["resolve"])
    assert (said.status_code, len(api.temporal.updates)) == (200, 2)


async def test_a_closed_order_is_409_with_the_state_that_the_journal_knows(api: Api, order_id: str):
    done = entry(1, "done", OrderState.COMPLETED).model_copy(update={"order_id": order_id})
    api.journal.orders.record(done, at_legal=NOW, at_real=NOW)
    api.temporal.answer = NotRunning()
    answer = await api.client.post(f"/v1/orders/{order_id}/cancel", json=REQUEST_BODIES["cancel"])
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "order_closed", "completed")


async def test_an_order_that_is_not_started_yet_asks_to_come_back(api: Api):
    order_id = await api.accepted()
    api.temporal.answer = NotRunning()
    answer = await api.client.post(f"/v1/orders/{order_id}/cancel", json=REQUEST_BODIES["cancel"])
    assert (answer.status_code, answer.json()["code"]) == (503, "not_started_yet")
    assert int(answer.headers["Retry-After"]) > 0


async def test_without_temporal_an_update_is_503_with_a_time_to_come_back(api: Api, order_id: str):
    api.temporal.away = True
    answer = await api.client.post(f"/v1/orders/{order_id}/resolve", json=REQUEST_BODIES["resolve"])
    assert (answer.status_code, answer.json()["code"]) == (503, "temporal_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


async def test_an_order_that_does_not_answer_is_503_and_says_to_look_first(api: Api, order_id: str):
    api.temporal.answer = NotAnswering()
    answer = await api.client.post(f"/v1/orders/{order_id}/cancel", json=REQUEST_BODIES["cancel"])
    assert (answer.status_code, answer.json()["code"]) == (503, "order_not_answering")


@pytest.mark.parametrize("name", REQUEST_BODIES)
async def test_an_unknown_order_is_404_and_nothing_is_asked(api: Api, name: str):
    answer = await api.client.post(f"/v1/orders/pi-{'0' * 26}/{name}", json=REQUEST_BODIES[name])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert api.temporal.updates == []


@pytest.mark.parametrize(
    ("name", "changed", "field", "code"),
    [
        ("cancel", {"by": None}, "by", "field_missing"),
        ("cancel", {"by": "  "}, "by", "field_invalid"),
        ("cancel", {"reason": None}, "reason", "field_missing"),
        ("cancel", {"reason": "x" * 501}, "reason", "field_invalid"),
        ("cancel", {"force": True}, "force", "field_unknown"),
        ("reschedule", {"date": None}, "date", "field_missing"),
        ("reschedule", {"date": 5}, "date", "field_invalid"),
        ("resolve", {"action": "explode"}, "action", "field_invalid"),
        ("note", {"text": "a\x00b"}, "text", "character_forbidden"),
        ("release", {"reason": None}, "reason", "field_missing"),
        ("refuse", {"by": " "}, "by", "field_invalid"),
        ("activate", {"by": None}, "by", "field_missing"),
        ("activate", {"iccid": "x"}, "iccid", "field_unknown"),
        ("declaration", {"reference": None}, "reference", "field_missing"),
        ("declaration", {"filed_at": "yesterday"}, "filed_at", "instant_invalid"),
        ("declaration", {"filed_at": "2026-05-14T09:30:00Z"}, "filed_at", "declaration_in_future"),
    ],
)
async def test_an_update_with_a_wrong_field_is_refused_before_it_is_sent(
    api: Api, order_id, name, changed, field, code
):
    body = {key: value for key, value in {**REQUEST_BODIES[name], **changed}.items() if value is not None}
    answer = await api.client.post(f"/v1/orders/{order_id}/{name}", json=body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert api.temporal.updates == []
