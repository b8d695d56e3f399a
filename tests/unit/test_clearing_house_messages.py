"""What the request layer of the simulated clearing house takes for a message, and in whose name."""

import json
from copy import deepcopy

import pytest

from simulator.clearing_house.envelope import read, write
from simulator.clearing_house.pairs import check_sender
from simulator.clearing_house.vocabulary import ErrorCode
from simulator.clearing_house.wire_refusals import WireRefusal
from simulator.world.operators import OPERATORS
from tests.support.clearing_house_world import acceptance, deactivation, message, performed, request

CONTENT = {
    "message": {
        "header": {
            "sender": {"networkoperator": "ALIZE", "serviceprovider": None},
            "receiver": {"networkoperator": "CIRUS"},
            "timestamp": "20261122031530",
        },
        "body": {
            "portingrequest": {
                "dossierid": "ALIZE-10001",
                "recipientnetworkoperator": "ALIZE",
                "note": None,
                "customerinfo": {"customerid": "C1P100001UIS", "lastname": None},
                "repeats": [{"seq": {"numberseries": {"start": "0639984000", "end": "0639984000"}, "repeats": None}}],
            }
        },
    }
}


def changed(path: str, value: object) -> bytes:
    """The content above with one field changed; the path is within the message."""
    content = deepcopy(CONTENT)
    place: dict = content["message"]
    *way, last = path.split("/")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return json.dumps(content).encode()


def refusal_of(raw: bytes) -> WireRefusal:
    with pytest.raises(WireRefusal) as refused:
        read("portingrequest", raw)
    return refused.value


BODY = "body/portingrequest"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{BODY}/dossierid", "ALIZE-1invalid"),
        (f"{BODY}/dossierid", "ALIZE-10001\n"),
        (f"{BODY}/dossierid", 12345),
        (f"{BODY}/dossierid", None),
        (f"{BODY}/recipientnetworkoperator", "ALIZEEE"),
        (f"{BODY}/note", ""),
        (f"{BODY}/note", "x" * 101),
        (f"{BODY}/contract", "SOMETHING"),
        (f"{BODY}/repeats", []),
        (f"{BODY}/repeats/0/seq/numberseries/start", "063998400٠"),
        (f"{BODY}/repeats/0/seq/numberseries/end", None),
        (f"{BODY}/customerinfo/customerid", "x" * 21),
        ("header/timestamp", "2026112203153"),
        ("header/timestamp", "20261322031530"),
        ("header/timestamp", "00010101000000"),
        ("header/sender", None),
        ("body", {"cancel": {"dossierid": "ALIZE-10001"}}),
    ],
)
def test_a_field_that_breaks_its_pattern_is_named_and_not_repeated(path: str, value: object):
    refusal = refusal_of(changed(path, value))
    assert (refusal.status, refusal.code) == (400, 1000)
    field = "message.body.portingrequest" if path == "body" else "message." + path.replace("/", ".")
    assert any(text.startswith(field) for text in refusal.messages)
    if isinstance(value, str) and value:
        assert not any(value in text for text in refusal.messages)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b'{"message": NaN}', b"[" * 100_000, b"\xff"])
def test_what_is_no_message_is_refused(raw: bytes):
    assert refusal_of(raw).code == 1000


def test_null_is_the_same_as_absent_and_comes_out_as_null():
    without = deepcopy(CONTENT)
    del without["message"]["body"]["portingrequest"]["note"]
    del without["message"]["header"]["sender"]["serviceprovider"]
    assert read("portingrequest", json.dumps(without).encode()) == read("portingrequest", json.dumps(CONTENT).encode())
    written = json.loads(write(read("portingrequest", json.dumps(without).encode())))
    assert written["message"]["body"]["portingrequest"]["note"] is None


def test_fields_that_the_protocol_does_not_name_are_left_out():
    message = read("portingrequest", changed(f"{BODY}/class", "x"))
    assert "class" not in json.loads(write(message))["message"]["body"]["portingrequest"]


@pytest.mark.parametrize(
    ("consumer", "sent"),
    [
        ("ALIZE", request("ALIZE-10001", "DUNE", "CIRUS", "0639984000")),
        ("BOREA", request("EOLE-10001", "EOLE", "CIRUS", "0639984000")),
        ("EOLE", request("BOREA-10001", "BOREA", "CIRUS", "0639984000")),
        ("ALIZE", acceptance("DUNE-10001", "CIRUS", "DUNE", "0639984000")),
        ("ALIZE", performed("DUNE-10001", "DUNE", "CIRUS", "0639984000")),
        ("ALIZE", deactivation("DUNE-10001", "DUNE", "0639984000")),
        (
            "ALIZE",
            message("pradelayed", "ALIZE", "DUNE", dossierid="DUNE-10001", donornetworkoperator="CIRUS"),
        ),
        (
            "ALIZE",
            message(
                "deactivation",
                "ALIZE",
                "ALLO",
                dossierid="ALIZE-1",
                currentnetworkoperator="DUNE",
                repeats=[{"seq": {"numberseries": {"start": "0639984000", "end": "0639984000"}}}],
            ),
        ),
    ],
    ids=[
        "header",
        "host for its guest",
        "guest for its host",
        "answer",
        "performed",
        "deactivation",
        "delay's body",
        "body",
    ],
)
def test_a_message_in_another_operators_name_is_forbidden(consumer: str, sent):
    with pytest.raises(WireRefusal) as refused:
        check_sender(OPERATORS, OPERATORS[consumer], sent)
    assert (refused.value.status, refused.value.code) == (403, 8000)


@pytest.mark.parametrize("code", sorted(OPERATORS))
def test_every_operator_may_speak_for_itself(code: str):
    donor = "DUNE" if code != "DUNE" else "CIRUS"
    check_sender(OPERATORS, OPERATORS[code], request(f"{code}-10001", code, donor, "0639984000"))
    check_sender(OPERATORS, OPERATORS[code], acceptance(f"{donor}-10001", code, donor, "0639984000"))
    check_sender(OPERATORS, OPERATORS[code], performed(f"{code}-10001", code, donor, "0639984000"))


def test_error_codes_fit_the_wire():
    assert all(1 <= len(code) <= 20 for code in ErrorCode)
