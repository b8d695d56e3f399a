"""What our client puts on the clearing house's wire, and what it makes of the answers."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import NumberAnswer
from parties.clearing_house.refusals import error_messages
from parties.clearing_house.signature import Credentials, signed_string
from parties.errors import OutcomeUnknown, PartyFailed, PartyRefused
from tests.support.france import FORM
from tests.support.parties_world import ALIZE, DUNE, EOLE

SENT = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
TAKEN = {"transactionId": "0123456789abcdef0123456789abcdef"}

DOSSIER = {
    "dossierid": "ALIZE-12345",
    "status": "performed",
    "recipient": "ALIZE",
    "donor": "DUNE",
    "number": "0639980001",
    "firstpossibledate": "2026-11-25T07:00:00Z",
    "performed_at": "2026-11-25T07:00:02Z",
    "messages": [
        {
            "id": 7,
            "type": "errorfound",
            "at": "2026-11-22T07:30:00Z",
            "sender": "CRDB",
            "receiver": "ALIZE",
            "errorcode": "DATE_TOO_EARLY",
            "description": "too early",
        }
    ],
    "acknowledgements": [
        {"operator": "CIRUS", "consumer": "relais-cirus", "at": "2026-11-25T07:00:05Z"},
        {"operator": "BOREA", "consumer": "relais-borea", "at": None},
    ],
}


class Wire:
    """A transport that keeps requests and gives the same answer to each."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.status = 200
        self.body = json.dumps(TAKEN).encode()

    def answer(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, stream=httpx.ByteStream(self.body))

    @property
    def message(self) -> dict[str, Any]:
        envelope: dict[str, Any] = json.loads(self.requests[-1].content)["message"]
        return envelope


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    return Credentials(rsa.generate_private_key(public_exponent=65537, key_size=2048), b"secret")


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def build(wire: Wire, credentials: Credentials) -> AsyncIterator[Callable[[str], ClearingHouse]]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(wire)) as http:
        yield lambda base_url: ClearingHouse(http, base_url, credentials, "relais-alize", FORM)


@pytest.fixture
def house(build: Callable[[str], ClearingHouse]) -> ClearingHouse:
    return build("http://clearing.example")


async def perform(house: ClearingHouse, *, backporting: bool = False) -> str:
    return await house.porting_performed(
        dossier_id="ALIZE-12345",
        donor=EOLE,
        home=ALIZE,
        msisdn="+33639980001",
        actual=SENT,
        backporting=backporting,
        key="po-1:performed",
        sent_at=SENT,
    )


async def test_performed_goes_to_the_reference_database_with_its_key(house: ClearingHouse, wire: Wire) -> None:
    assert await perform(house) == TAKEN["transactionId"]
    assert wire.requests[0].headers["Idempotency-Key"] == "po-1:performed"
    assert wire.message["header"]["receiver"] == {"networkoperator": "CRDB"}
    assert wire.message["body"]["portingperformed"] == {
        "dossierid": "ALIZE-12345",
        "recipientnetworkoperator": "ALIZE",
        "donornetworkoperator": "BOREA",
        "actualdatetime": "20261122083000",
        "repeats": [{"seq": {"numberseries": {"start": "0639980001", "end": "0639980001"}}}],
    }


async def test_a_port_back_to_the_range_holder_says_so(house: ClearingHouse, wire: Wire) -> None:
    await perform(house, backporting=True)
    assert wire.message["body"]["portingperformed"]["repeats"][0]["seq"]["backporting"] == "Y"


async def test_a_deactivation_goes_to_everybody(house: ClearingHouse, wire: Wire) -> None:
    await house.deactivation(
        dossier_id="ALIZE-12346", home=ALIZE, range_holder=DUNE, msisdn="+33639980001", key="te-1:return", sent_at=SENT
    )
    assert wire.message["header"]["receiver"] == {"networkoperator": "ALLO"}
    assert wire.message["body"]["deactivation"]["originalnetworkoperator"] == "DUNE"


async def test_a_refusing_answer_blocks_and_an_agreeing_one_does_not(house: ClearingHouse, wire: Wire) -> None:
    async def answer(code: str | None) -> dict[str, Any]:
        await house.porting_answer(
            dossier_id="EOLE-12345",
            recipient=EOLE,
            home=ALIZE,
            msisdn="+33639980001",
            blocking_code=code,
            first_possible=None if code else SENT,
            key="po-1:answer",
            sent_at=SENT,
        )
        body: dict[str, Any] = wire.message["body"]["portingrequestanswer"]
        return body

    refused, agreed = await answer("21"), await answer(None)
    assert (refused["blocking"], refused["repeats"][0]["seq"]["blockingcode"]) == ("Y", "21")
    assert (agreed["blocking"], agreed["repeats"][0]["seq"]["firstpossibledate"]) == ("N", "20261122083000")
    assert wire.message["header"]["receiver"] == {"networkoperator": "BOREA", "serviceprovider": "EOLE"}


@pytest.mark.parametrize(("codes", "blocking"), [(["13", None], "N"), (["13", "21"], "Y"), ([None, None], "N")])
async def test_a_dossier_is_blocked_only_if_none_of_its_numbers_may_go(
    house: ClearingHouse, wire: Wire, codes: list[str | None], blocking: str
) -> None:
    answers = [
        NumberAnswer(msisdn=f"+3363998000{place}", blocking_code=code, first_possible=None if code else SENT)
        for place, code in enumerate(codes)
    ]
    await house.porting_answers(
        dossier_id="EOLE-12345", recipient=EOLE, home=ALIZE, answers=answers, key="EOLE-12345:answer:1", sent_at=SENT
    )
    body = wire.message["body"]["portingrequestanswer"]
    assert body["blocking"] == blocking
    assert [each["seq"].get("blockingcode") for each in body["repeats"]] == codes
    starts = [each["seq"]["numberseries"]["start"] for each in body["repeats"]]
    assert starts == ["0639980000", "0639980001"]


async def test_what_is_signed_is_the_request_line_that_is_sent(
    build: Callable[[str], ClearingHouse], wire: Wire
) -> None:
    wire.answer(200, DOSSIER)
    await build("http://gateway.example/clearing%20house").dossier("ALIZE-12345")
    request = wire.requests[0]
    sent = request.url.raw_path.decode()
    assert sent == "/clearing%20house/registry/v1/dossiers/ALIZE-12345"
    text = signed_string(request.headers["digest"], request.headers["x-date"], "GET", sent)
    assert hmac_of(text) in request.headers["authorization"]


async def test_a_dossier_is_read_with_its_errors_and_acknowledgements(house: ClearingHouse, wire: Wire) -> None:
    wire.answer(200, DOSSIER)
    dossier = await house.dossier("ALIZE-12345")
    assert dossier is not None
    assert dossier.status == "performed"
    assert dossier.first_possible == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert dossier.messages[0].error_code == "DATE_TOO_EARLY"
    assert [item.operator for item in dossier.acknowledgements if item.at] == ["CIRUS"]
    assert type(dossier).model_validate_json(dossier.model_dump_json()) == dossier


async def test_a_dossier_in_a_state_we_do_not_know_is_not_guessed_at(house: ClearingHouse, wire: Wire) -> None:
    wire.answer(200, {**DOSSIER, "status": "frozen"})
    with pytest.raises(PartyFailed):
        await house.dossier("ALIZE-12345")


async def test_an_answer_without_a_transaction_leaves_the_outcome_unknown(house: ClearingHouse, wire: Wire) -> None:
    wire.answer(200, {})
    with pytest.raises(OutcomeUnknown):
        await perform(house)


async def test_a_confirmation_may_be_answered_by_nothing(house: ClearingHouse, wire: Wire) -> None:
    wire.answer(200, b"")
    await house.confirm(29)
    request = wire.requests[0]
    assert (request.method, request.url.path) == ("PUT", "/number-portability/v3/dossiers/confirmations/29")
    assert json.loads(request.content) == {"transactionId": "29"}


async def test_a_confirmation_that_is_not_understood_is_refused(house: ClearingHouse, wire: Wire) -> None:
    wire.answer(400, {"errors": [{"code": 1010, "message": "no"}]})
    with pytest.raises(PartyRefused) as caught:
        await house.confirm(29)
    assert (caught.value.code, caught.value.raw) == ("parameter_validation", "1010")


@pytest.mark.parametrize("body", [{}, {"errors": [{"code": 8010, "message": "Invalid Hmac"}]}])
def test_a_401_is_a_refusal_with_or_without_a_body(body: dict[str, Any]) -> None:
    refusal = error_messages(401, body)
    assert refusal is not None
    assert (refusal.code, refusal.raw) == ("unauthorized", "8010")


@pytest.mark.parametrize(
    "body", [{}, {"errors": []}, {"errors": [7]}, {"errors": [{"code": "1000"}]}, {"errors": [{"code": True}]}]
)
def test_error_messages_without_an_integer_code_are_no_refusal(body: dict[str, Any]) -> None:
    assert error_messages(400, body) is None


def test_a_code_we_have_no_name_for_keeps_its_number() -> None:
    refusal = error_messages(400, {"errors": [{"code": 4711, "message": "new"}]})
    assert refusal is not None
    assert (refusal.code, refusal.raw) == ("unexpected", "4711")


def hmac_of(text: str) -> str:
    """The signature in an authorization header."""
    return base64.b64encode(hmac.new(b"secret", text.encode(), hashlib.sha256).digest()).decode()
