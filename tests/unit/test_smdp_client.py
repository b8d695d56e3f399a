"""ES2+ to the byte: what is sent, and what each execution status means."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from parties.errors import OutcomeUnknown, PartyFailed, PartyRefused
from parties.smdp import Smdp

ICCID_19, ICCID_20 = "8933010000000000002", "89331504123456789074"
EID = "89049032000000000000000000000001"


def executed(status: str = "Executed-Success", code: str = "", **fields: Any) -> dict[str, Any]:
    execution: dict[str, Any] = {"status": status}
    if code:
        subject, reason = code.split("/")
        execution["statusCodeData"] = {"subjectCode": subject, "reasonCode": reason, "message": "said for people"}
    return {"header": {"functionExecutionStatus": execution}, **fields}


@asynccontextmanager
async def smdp(answer: Callable[[httpx.Request], dict[str, Any]]) -> AsyncIterator[Smdp]:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(answer(request)).encode()))

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        yield Smdp(http, "http://home.example/home/ALIZE")


async def test_an_order_names_its_profile_its_phone_and_the_call() -> None:
    seen: list[httpx.Request] = []
    async with smdp(lambda request: seen.append(request) or executed(iccid=f"{ICCID_19}F")) as client:
        await client.download_order(iccid=ICCID_19, eid=EID, key="sr-1:order-profile:1")
    (request,) = seen
    assert str(request.url) == "http://home.example/home/ALIZE/smdp/gsma/rsp2/es2plus/downloadOrder"
    assert request.headers["X-Admin-Protocol"] == "gsma/rsp/v2.2.0"
    assert request.headers["Idempotency-Key"] == "sr-1:order-profile:1"
    assert json.loads(request.content) == {
        "header": {"functionRequesterIdentifier": "relais", "functionCallIdentifier": "sr-1:order-profile:1"},
        "iccid": f"{ICCID_19}F",
        "eid": EID,
    }


async def test_a_confirmed_profile_has_its_activation_code() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> dict[str, Any]:
        seen.append(json.loads(request.content))
        return executed(matchingId="AB12", smdpAddress="smdp.alize.example")

    async with smdp(answer) as client:
        confirmed = await client.confirm_order(iccid=ICCID_20, eid=None, matching_id="AB12", key="k")
    assert confirmed.activation_code == "1$smdp.alize.example$AB12"
    assert "AB12" not in repr(confirmed)
    body = seen[0]
    assert (body["iccid"], body["releaseFlag"], body["matchingId"]) == (ICCID_20, True, "AB12")
    assert "eid" not in body


@pytest.mark.parametrize(("reusable", "final"), [(True, "Available"), (False, "Unavailable")])
async def test_a_cancel_says_what_becomes_of_the_profile(reusable: bool, final: str) -> None:
    seen: list[dict[str, Any]] = []
    async with smdp(lambda request: seen.append(json.loads(request.content)) or executed("Executed-WithWarning")) as c:
        await c.cancel_order(iccid=ICCID_19, eid=None, matching_id=None, reusable=reusable, key="k")
    assert seen[0]["finalProfileStatusIndicator"] == final


@pytest.mark.parametrize(
    "code", ["8.2.1/1.2", "8.2.1/3.3", "8.2.1/3.5", "8.2.1/3.9", "8.2.5/3.7", "8.2.5/3.9", "8.2.6/3.1", "8.1.1/3.10"]
)
async def test_what_is_wrong_with_the_profile_or_the_phone_is_a_refusal(code: str) -> None:
    async with smdp(lambda _: executed("Failed", code)) as client:
        with pytest.raises(PartyRefused) as caught:
            await client.download_order(iccid=ICCID_19, eid=None, key="k")
    assert caught.value.raw == code
    assert ICCID_19 not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(executed("Failed", "8.9/4.2"), id="discovery server unreachable"),
        pytest.param(executed("Failed", "8.9/5.1"), id="discovery server down"),
        pytest.param(executed("Failed", "8.8.5/4.10"), id="the server itself"),
        pytest.param(executed("Failed"), id="no code"),
        pytest.param(executed("Expired", "8.2.1/3.3"), id="expired"),
    ],
)
async def test_trouble_behind_the_server_is_tried_again(answer: dict[str, Any]) -> None:
    async with smdp(lambda _: answer) as client:
        with pytest.raises(PartyFailed):
            await client.download_order(iccid=ICCID_19, eid=None, key="k")


@pytest.mark.parametrize("answer", [{}, {"header": {}}, executed(matchingId="AB12")])
async def test_an_answer_that_says_too_little_leaves_the_outcome_unknown(answer: dict[str, Any]) -> None:
    async with smdp(lambda _: answer) as client:
        with pytest.raises(OutcomeUnknown):
            await client.confirm_order(iccid=ICCID_19, eid=None, matching_id="AB12", key="k")
