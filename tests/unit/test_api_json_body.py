"""A body is read strictly: one object, UTF-8, no duplicate, no NaN, not deep, not large."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from api.http.json_body import MAX_BODY_BYTES
from tests.support.api_kit import Api, port_in

GOOD = json.dumps(port_in())


async def post(api: Api, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    sent = {"Content-Type": "application/json", "Idempotency-Key": "key-1"}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    answer = await api.client.post("/v1/port-ins", content=content, headers=sent)
    assert answer.status_code == 202 or sum(api.journal.orders.counts().values()) == 0
    return answer


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "body_malformed"),
        (b"{", 400, "body_malformed"),
        (b"[]", 400, "body_malformed"),
        (b"null", 400, "body_malformed"),
        (GOOD.encode() + b"{}", 400, "body_malformed"),
        (GOOD.encode("utf-16"), 400, "body_malformed"),
        (b"\xef\xbb\xbf" + GOOD.encode(), 400, "body_malformed"),
        (b'{"msisdn": "\xff"}', 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": NaN}', 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": -Infinity}', 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": 1e999}', 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": ' + b"9" * 5000 + b"}", 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": ' + b"[" * 21 + b"]" * 21 + b"}", 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "x": ' + b"[" * 30000 + b"]" * 30000 + b"}", 400, "body_malformed"),
        (GOOD[:-1].encode() + b', "msisdn": "+33639980002"}', 400, "key_duplicate"),
        (GOOD[:-1].encode() + b', "x": {"a": 1, "a": 1}}', 400, "key_duplicate"),
        (GOOD[:-1].encode() + b', "x\\u0000": 1}', 422, "character_forbidden"),
        (b" " * MAX_BODY_BYTES + GOOD.encode(), 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_not_one_clean_object_is_refused(api: Api, content: bytes, status: int, code: str):
    answer = await post(api, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_the_path_of_a_duplicate_key_is_named(api: Api):
    answer = await post(api, GOOD[:-1].encode() + b', "x": [{"a": 1, "a": 2}]}')
    assert [error["field"] for error in answer.json()["errors"]] == ["x[0].a"]


async def test_a_key_that_does_not_look_like_a_field_is_not_repeated(api: Api):
    answer = await post(api, GOOD[:-1].encode() + b', "+33 6 39 98 00 01": 1}')
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("?", "field_unknown")]
    assert "39 98" not in answer.text


async def test_a_large_body_without_an_announced_length_is_cut_off(api: Api):
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 1024

    answer = await post(api, chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_of_the_largest_size_is_read(api: Api):
    assert (await post(api, GOOD.encode().ljust(MAX_BODY_BYTES))).status_code == 202


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
async def test_json_is_taken_however_its_type_is_written(api: Api, content_type: str):
    assert (await post(api, GOOD.encode(), Content_Type=content_type)).status_code == 202


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
async def test_another_content_type_is_415(api: Api, content_type: str):
    answer = await post(api, GOOD.encode(), Content_Type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported")


async def test_a_compressed_body_is_415(api: Api):
    answer = await post(api, GOOD.encode(), Content_Encoding="gzip")
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported")
