"""Who gets in: the bearer key, the Web UI at the codec, and what the OpenAPI document and docs/api.md promise."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from google.protobuf import json_format
from structlog.testing import capture_logs
from temporalio.api.common.v1 import Payload, Payloads

from api.http.access import api_key
from api.http.examples import ANSWERS, REQUESTS
from api.http.openapi import BODIES
from api.http.problem_codes import CODES
from api.orders.view import OrderBody
from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing
from runtime.settings import Settings
from tests.support.api_kit import KEY, MSISDN, NOW, RING, Api, our_line, port_in, replacement, termination

UI = "http://127.0.0.1:8233"
REPOSITORY = Path(__file__).parents[2]
PROTECTED = [
    "/v1/orders",
    "/v1/orders/x",
    "/v1/orders/x/events",
    "/v1/orders/x/activation-code",
    f"/v1/numbers/{MSISDN}",
    "/v1/clock",
    "/v1/messages/aside",
]


ACTION_PATHS = {
    "LineBody": "/lines/{msisdn}/bar",
    "CancelBody": "/cancel`",
    "RescheduleBody": "/reschedule`",
    "ResolveBody": "/resolve`",
    "NoteBody": "/note`",
    "CodeBody": "/code`",
    "ReviewBody": "/release`",
    "FreezeBody": "/freeze`",
    "PortBackBody": "/port-back`",
    "ActivateBody": "/activate`",
    "DeclareBody": "/declaration`",
}
"""Bodies whose fields the table of calls names, each with a part of its path."""


@pytest.mark.parametrize(
    "header", [None, "", KEY, f"Basic {KEY}", "Bearer", "Bearer wrong", f"Bearer {KEY}x", "Bearer clé"]
)
@pytest.mark.parametrize("path", PROTECTED)
async def test_without_the_right_key_every_route_is_401(api: Api, path: str, header: str | None):
    del api.client.headers["Authorization"]
    headers = [] if header is None else [(b"authorization", header.encode())]
    answer = await api.client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_without_the_key_nothing_is_accepted_or_even_read(api: Api):
    api.client.headers["Authorization"] = "Bearer wrong"
    for path in ("/v1/port-ins", "/v1/sim-replacements", f"/v1/lines/{MSISDN}/bar", "/v1/orders/x/cancel"):
        answer = await api.client.post(path, content=b"not json")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_the_key_is_made_once_readable_by_its_owner_only_and_can_be_given(tmp_path: Path):
    settings = Settings(state_dir=tmp_path / "state")
    made = api_key(settings)
    assert len(made) >= 32
    assert api_key(settings) == made
    assert settings.api_key_file.stat().st_mode & 0o077 == 0
    assert api_key(Settings(state_dir=tmp_path, api_key="given")) == "given"
    assert not (tmp_path / "api-key").exists()


def sealed(ring: KeyRing = RING) -> dict[str, object]:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(MSISDN).encode())
    encoded = asyncio.run(EncryptionCodec(ring).encode([payload]))
    return json_format.MessageToDict(Payloads(payloads=encoded))


SEALED = sealed()


async def test_the_web_ui_reads_sealed_payloads_and_gets_them_back_sealed(api: Api):
    del api.client.headers["Authorization"]
    answer = await api.client.post("/codec/decode", json=SEALED, headers={"Origin": UI})
    assert answer.headers["Access-Control-Allow-Origin"] == UI
    clear = json_format.ParseDict(answer.json(), Payloads())
    assert json.loads(clear.payloads[0].data) == MSISDN
    again = await api.client.post("/codec/encode", json=answer.json(), headers={"Origin": UI})
    assert MSISDN.encode() not in json_format.ParseDict(again.json(), Payloads()).payloads[0].data


async def test_pages_of_other_origins_get_nothing_from_the_codec(api: Api):
    del api.client.headers["Authorization"]
    for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        answer = await api.client.post("/codec/decode", json=SEALED, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_origin")
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_preflight_is_answered_for_the_ui_and_only_at_the_codec(api: Api):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    allowed = await api.client.options("/codec/decode", headers={"Origin": UI, **asked})
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, UI)
    foreign = await api.client.options("/codec/decode", headers={"Origin": "http://evil.example", **asked})
    assert "Access-Control-Allow-Origin" not in foreign.headers
    elsewhere = await api.client.options("/v1/port-ins", headers={"Origin": UI, **asked})
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (json.dumps(sealed(KeyRing("k9", {"k9": b"9" * 32}, b"i" * 32))), "payload_undecodable"),
        ("not json", "body_malformed"),
        ('{"payloads": 1}', "body_malformed"),
    ],
)
async def test_payloads_that_cannot_be_read_are_a_problem(api: Api, body: str, code: str):
    answer = await api.client.post("/codec/decode", content=body, headers={"Origin": UI})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_the_openapi_document_is_whole_and_describes_every_body_and_field(api: Api):
    document = (await api.client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= set(schemas)
    assert {model.__name__ for model in BODIES} <= set(schemas)
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == set(CODES)
    for name in ("msisdn", "rio", "requested_date"):
        assert schemas["PortInBody"]["properties"][name]["description"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation.get("summary"), path


async def test_the_example_of_the_document_is_accepted_on_every_day_of_a_week(api: Api):
    for day in range(7):
        api.clock.now = NOW + timedelta(days=day)
        answer = await api.post_port_in(REQUESTS["PortInBody"], dry_run="true")
        assert answer.status_code == 200, answer.text
    assert (await api.post_port_in(REQUESTS["PortInBody"])).status_code == 202


async def test_the_examples_of_updates_are_forwarded(api: Api):
    order_id = await api.accepted()
    reviews = {"release": "Review", "refuse": "Review", "declaration": "Declare"}
    for name in ("cancel", "reschedule", "resolve", "note", "activate", *reviews):
        body = REQUESTS[f"{reviews.get(name, name.title())}Body"]
        answer = await api.client.post(f"/v1/orders/{order_id}/{name}", json=body)
        assert answer.status_code == 200, answer.text
    tried = await api.client.post(f"/v1/orders/{order_id}/code", json=REQUESTS["CodeBody"])
    assert tried.json()["code"] == "no_code_wanted"


async def test_the_examples_of_a_replacement_and_of_a_lines_services_are_accepted(api: Api):
    msisdn = REQUESTS["SimReplacementBody"]["msisdn"]
    api.home.lines[msisdn] = our_line(msisdn)
    assert (await api.post_replacement(REQUESTS["SimReplacementBody"])).status_code == 202
    for action in ("bar", "unbar", "lock", "unlock"):
        assert (await api.post(f"/v1/lines/{msisdn}/{action}", REQUESTS["LineBody"], action)).status_code == 202


async def test_no_order_is_taken_for_a_number_of_another_territory(api: Api):
    api.home.away = True
    answers = [
        await api.post_replacement(replacement(msisdn="0692123456")),
        await api.post_termination(termination(msisdn="0692123456")),
        await api.post_termination(termination(msisdn="0692123456"), dry_run="true"),
        await api.post("/v1/lines/0692123456/bar", REQUESTS["LineBody"], "key-2"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "number_other_territory")] * 4
    assert sum(api.journal.orders.counts().values()) == 0


async def test_examples_of_answers_have_exactly_the_members_of_real_ones(api: Api):
    order_id = await api.accepted()
    order = (await api.client.get(f"/v1/orders/{order_id}")).json()
    assert set(ANSWERS["OrderBody"]) == set(order)
    assert set(ANSWERS["OrderBody"]["timeline"][0]) == set(order["timeline"][0])
    assert set(ANSWERS["OrderBody"]["links"]) == set(order["links"])
    assert set(ANSWERS["ClockBody"]) == set((await api.client.get("/v1/clock")).json())
    assert set(ANSWERS["Problem"]) == set((await api.post_port_in(port_in(rio="x"), "key-2")).json())
    OrderBody.model_validate(ANSWERS["OrderBody"])


async def test_the_document_shows_the_idempotency_key_and_which_routes_need_no_api_key(api: Api):
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            takes_key = method == "post" and not path.endswith("/code")  # each try of a code counts
            assert ("Idempotency-Key" in names) == takes_key, path
            assert (operation.get("security") == []) == (path in {"/healthz", "/readyz"}), path
    assert "dry_run" in {parameter["name"] for parameter in paths["/v1/port-ins"]["post"]["parameters"]}


async def test_what_nobody_foresaw_is_a_problem_whose_log_says_where_but_no_value(api: Api, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise OverflowError(f"cannot handle {MSISDN}")

    monkeypatch.setattr(api.journal.orders, "page", broken)
    with capture_logs() as logs:
        answer = await api.client.get("/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    logged = next(entry for entry in logs if entry["event"] == "unforeseen")
    assert logged["error"] == "OverflowError"
    assert any("test_api_access_and_documents" in frame for frame in logged["frames"])
    assert MSISDN not in json.dumps(logs)


async def test_docs_that_need_the_internet_are_not_served(api: Api):
    assert (await api.client.get("/docs")).status_code == 404
    assert (await api.client.get("/redoc")).status_code == 404


def test_the_table_of_codes_in_the_documentation_is_the_one_in_the_code():
    text = (REPOSITORY / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `([a-z_]+)` \| ([0-9]{3}) \| (.+) \|$", text, re.MULTILINE)
    assert {(code, int(status), meaning) for code, status, meaning in rows} == {
        (code, kind.status, kind.meaning) for code, kind in CODES.items()
    }


def named_calls(text: str) -> set[tuple[str, str]]:
    """The calls of the table of calls; a second path in a row is the first one with another last part, or whole."""
    calls = set()
    for cell in re.findall(r"^\| (`(?:GET|POST) .+?) \|", text, re.MULTILINE):
        (method, path), *others = (part.strip("` ").split() for part in cell.split(" · "))
        calls.add((method, path))
        for other in others:
            last = other[-1]
            calls.add((other[0], last) if len(other) == 2 else (method, path[: -path[::-1].index("/") - 1] + last))
    return calls


async def test_the_documentation_names_every_call_of_the_document_and_no_other(api: Api):
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    named = named_calls((REPOSITORY / "docs" / "api.md").read_text())
    elsewhere = ("/callbacks/", "/codec/")  # described for the parties and for the Web UI
    assert {call for call in named if not call[1].startswith(elsewhere)} == there


async def test_the_documentation_names_every_query_parameter(api: Api):
    rows = [line for line in (REPOSITORY / "docs" / "api.md").read_text().splitlines() if line.startswith("| `")]
    for path, methods in (await api.client.get("/openapi.json")).json()["paths"].items():
        for operation in methods.values():
            names = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
            row = next((row for row in rows if f"{path}`" in row), "")
            assert {name for name in names if f"`{name}" not in row and f"?{name}=" not in row} == set(), path


@pytest.mark.parametrize(("model", "path"), ACTION_PATHS.items())
async def test_the_documentation_names_every_field_of_a_request_to_an_order(api: Api, model: str, path: str):
    text = (REPOSITORY / "docs" / "api.md").read_text()
    row = next(line for line in text.splitlines() if line.startswith("| `POST") and path in line)
    schemas = (await api.client.get("/openapi.json")).json()["components"]["schemas"]
    assert [name for name in schemas[model]["properties"] if f"`{name}`" not in row] == []
