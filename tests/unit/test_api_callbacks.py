"""Callbacks of the home systems: signed, written down once, passed on to the order they are about."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.callbacks.registration import CallbackRegistration
from api.callbacks.signature import TOLERANCE_S, signature
from parties.errors import PartyUnavailable
from simulator.callbacks import http_request
from tests.support.api_kit import CALLBACK_SECRET, Api
from tests.support.journal_kit import delivered

SMDP = "/callbacks/smdp/gsma/rsp2/es2plus/handleDownloadProgressInfo"
LOGISTICS = "/callbacks/logistics/shipments"
ICCID = "8933010000000000002"
AT = "2026-05-13T08:05:00Z"


@pytest_asyncio.fixture
async def api(api: Api) -> Api:
    """Whose client has no key."""
    del api.client.headers["Authorization"]
    return api


@pytest_asyncio.fixture
async def order_id(tmp_path: Path, api: Api) -> str:
    """A replacement by an eSIM whose second profile has been ordered."""
    api.client.headers["Authorization"] = "Bearer the-api-key"
    accepted = await api.replacing(form="esim")
    del api.client.headers["Authorization"]
    await api.context.relay.sweep()
    api.journal.profiles.matching_id(accepted, 1, "8933100000000001233")
    api.journal.profiles.matching_id(accepted, 2, ICCID)
    return accepted


async def tell(
    api: Api, path: str, body: Any, *, age_s: int = 0, secret: str = CALLBACK_SECRET, **headers: str
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(time.time()) - age_s)
    signed = {"X-Timestamp": timestamp, "X-Signature": signature(secret.encode(), timestamp, content)}
    return await api.client.post(path, content=content, headers={**signed, **headers})


def progress(point: int = 5, status: str = "Executed-Success", event: str = "e-1", **changed: Any) -> dict[str, Any]:
    """What the SM-DP+ tells of a profile."""
    return {
        "header": {"functionRequesterIdentifier": "smdp.alize.example", "functionCallIdentifier": event},
        "iccid": f"{ICCID}F",
        "profileType": "consumer",
        "timestamp": AT,
        "notificationPointId": point,
        "notificationPointStatus": {"status": status},
        **changed,
    }


def shipped(reference: str, state: str = "delivered", event: str = "s-1", **changed: Any) -> dict[str, Any]:
    return {"event_id": event, "reference": reference, "state": state, "at": AT, "tracking": "TR-1", **changed}


async def told(api: Api, order_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What the order finds in its inbox when it is woken; nothing without a wake."""
    await api.context.relay.sweep()
    found = delivered(api.journal, order_id)
    assert api.temporal.wakes == ([order_id] if found else [])
    return found


@pytest.mark.parametrize(
    ("point", "status", "stage"),
    [
        (4, "Executed-WithWarning", "installed"),
        (5, "Executed-Success", "enabled"),
        (6, "Executed-Success", "deleted"),
        (4, "Failed", "error"),
        (1, "Expired", "expired"),
    ],
)
async def test_the_progress_of_a_profile_reaches_its_order(
    api: Api, order_id: str, point: int, status: str, stage: str
):
    answer = await tell(api, SMDP, progress(point, status))
    assert (answer.status_code, answer.content) == (204, b"")
    content = {"attempt": 2, "stage": stage, "at": AT, "text": ""}
    assert await told(api, order_id) == [("profile_progress", content)]


async def test_a_failure_is_passed_on_by_its_codes_and_not_by_its_text(api: Api, order_id: str):
    data = {"subjectCode": "8.2.1", "reasonCode": "4.3", "subjectIdentifier": ICCID, "message": f"profile {ICCID}"}
    await tell(api, SMDP, progress(4, notificationPointStatus={"status": "Failed", "statusCodeData": data}))
    ((_, content),) = await told(api, order_id)
    assert (content["stage"], content["text"]) == ("error", "8.2.1/4.3")


@pytest.mark.parametrize(("suffix", "attempt"), [("", 1), (":2", 2)])
@pytest.mark.parametrize("state", ["delivered", "inserted", "lost", "returned"])
async def test_the_progress_of_a_shipment_reaches_its_order(api: Api, order_id: str, state: str, suffix: str, attempt):
    assert (await tell(api, LOGISTICS, shipped(order_id + suffix, state))).status_code == 204
    content = {"attempt": attempt, "stage": state, "at": AT, "tracking": "TR-1"}
    assert await told(api, order_id) == [("shipment_progress", content)]


async def test_a_repetition_is_answered_and_delivered_once(api: Api, order_id: str):
    for _ in range(3):
        assert (await tell(api, SMDP, progress())).status_code == 204
        assert (await tell(api, LOGISTICS, shipped(order_id))).status_code == 204
    await tell(api, SMDP, progress(6, event="e-2"))
    assert [kind for kind, _ in await told(api, order_id)] == [
        "profile_progress",
        "shipment_progress",
        "profile_progress",
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SMDP, progress(iccid="8933150412345678907F")),
        (SMDP, progress(1)),
        (SMDP, progress(3)),  # downloaded: nothing that an order waits for
        (LOGISTICS, shipped("ORDER", "shipped")),
        (SMDP, progress(timestamp="yesterday")),
        (SMDP, progress(notificationPointStatus=None)),
        (SMDP, {"header": {"functionCallIdentifier": "e-1"}}),
        (LOGISTICS, shipped(f"sr-{'0' * 26}")),
        (LOGISTICS, shipped("somebody else's")),
        (LOGISTICS, shipped(f"sr-{'0' * 26}:0")),
        (LOGISTICS, shipped("ORDER", "evaporated")),
        (LOGISTICS, shipped("ORDER", at="2026-05-13T08:05:00")),
        (LOGISTICS, {"event_id": "s-1"}),
    ],
)
async def test_what_no_order_waits_for_is_taken_and_disturbs_nobody(api: Api, order_id: str, path: str, body):
    if body.get("reference") == "ORDER":
        body = {**body, "reference": order_id}
    assert (await tell(api, path, body)).status_code == 204
    assert await told(api, order_id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another"},
        {"age_s": TOLERANCE_S + 10},
        {"age_s": -TOLERANCE_S - 10},
        {"X-Signature": ""},
        {"X-Signature": "sha256=é"},
        {"X-Timestamp": "now"},
        {"X-Timestamp": "9" * 400},
        {"X-Timestamp": "1"},
    ],
)
async def test_without_a_fresh_signature_of_the_body_nothing_is_taken(api: Api, order_id: str, wrong):
    headers = {name: value.encode() if name == "X-Signature" else value for name, value in wrong.items()}
    for path, body in ((SMDP, progress()), (LOGISTICS, shipped(order_id))):
        answer = await tell(api, path, body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
        assert await told(api, order_id) == []


def test_the_simulated_parties_sign_as_we_check():
    assert http_request.signature("a secret", "1778659200", b'{"a": 1}') == signature(
        b"a secret", "1778659200", b'{"a": 1}'
    )


async def test_the_api_key_does_not_stand_in_for_a_signature(api: Api, order_id: str):
    answer = await api.client.post(SMDP, json=progress(), headers={"Authorization": "Bearer the-api-key"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (LOGISTICS, b"x" * (64 * 1024 + 1), 413, "body_too_large"),
        (LOGISTICS, b"not json", 400, "body_malformed"),
        (LOGISTICS, b'{"reference": "no event id"}', 400, "body_malformed"),
        (SMDP, b'{"header": "none"}', 400, "body_malformed"),
    ],
)
async def test_a_body_that_cannot_be_kept_is_a_problem(api: Api, path: str, body: bytes, status: int, code: str):
    answer = await tell(api, path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@dataclass
class Desk:
    """The parties at which callbacks are registered; away at first."""

    away: int = 2
    registered: list[tuple[str, str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    async def register(self, party: str, *, address: str, secret: str, key: str) -> None:
        if self.away:
            self.away -= 1
            raise PartyUnavailable(party, "callback", "refused or unreachable")
        self.registered.append((party, address, secret))
        self.keys.add(key)


async def test_our_addresses_are_registered_at_both_parties_and_again_for_one_made_anew():
    desk = Desk()
    registration = CallbackRegistration(desk, "http://127.0.0.1:1/callbacks/", "secret")
    assert not await registration.register()
    for _ in range(2):
        assert await registration.register()
    assert (
        desk.registered
        == [
            ("smdp", "http://127.0.0.1:1/callbacks/smdp", "secret"),
            ("logistics", "http://127.0.0.1:1/callbacks/logistics", "secret"),
        ]
        * 2
    )
    assert len(desk.keys) == 4


async def test_registration_goes_on_by_itself_until_it_is_told_to_stop():
    desk = Desk(away=0)
    running = asyncio.create_task(CallbackRegistration(desk, "http://127.0.0.1:1/callbacks", "secret").run())
    async with asyncio.timeout(10):
        while len(desk.registered) < 2:
            await asyncio.sleep(0)
    running.cancel()
