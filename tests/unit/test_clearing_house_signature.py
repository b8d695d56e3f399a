"""The gateway's signature check: which strings are signed, and which requests are turned away."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from simulator.clearing_house.signature import BadSignature, SignedRequest, parse, verify

SECRET = b"a secret of this test"
NOW = datetime(2026, 11, 22, 1, 12, 12, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 01:12:12 GMT"
BODY = b'{"message":{}}'
PATH = "/number-portability/v3/dossiers/events"
QUERY = "offset=3&messageTypes=portingrequest%2Ccancel"


def digest_of(body: bytes) -> str:
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def sign(text: str, secret: bytes = SECRET) -> str:
    return base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()


def header(signature: str, names: str = "digest x-date request-line", algorithm: str = "hmac-sha256") -> str:
    return f'hmac username="relais-alize", algorithm="{algorithm}", headers="{names}", signature="{signature}" '


def signed_request(method: str = "POST", query: str = "", body: bytes = BODY, date: str = DATE) -> SignedRequest:
    return SignedRequest(method, PATH, query, {"digest": digest_of(BODY), "x-date": date}, body)


def lines(target: str, method: str = "POST") -> dict[str, str]:
    return {
        "digest": f"digest: {digest_of(BODY)}",
        "x-date": f"x-date: {DATE}",
        "request-line": f"{method} {target} HTTP/1.1",
    }


@pytest.mark.parametrize(
    "names", ["digest x-date request-line", "x-date digest request-line", "request-line x-date digest"]
)
def test_the_signed_headers_count_in_the_order_that_the_sender_names(names: str):
    text = "\n".join(lines(PATH)[name] for name in names.split())
    verify(parse(header(sign(text), names)), signed_request(), SECRET, NOW)


def test_headers_signed_in_one_order_and_named_in_another_are_refused():
    text = "\n".join(lines(PATH)[name] for name in ("x-date", "digest", "request-line"))
    with pytest.raises(BadSignature, match="Invalid Hmac"):
        verify(parse(header(sign(text))), signed_request(), SECRET, NOW)


@pytest.mark.parametrize("target", [PATH, f"{PATH}?{QUERY}"], ids=["without the query", "with the raw query"])
def test_the_request_line_may_be_signed_with_the_query_or_without(target: str):
    text = "\n".join(lines(target).values())
    verify(parse(header(sign(text))), signed_request(query=QUERY), SECRET, NOW)


def test_a_query_signed_in_decoded_form_is_refused():
    text = "\n".join(lines(f"{PATH}?{QUERY.replace('%2C', ',')}").values())
    with pytest.raises(BadSignature, match="Invalid Hmac"):
        verify(parse(header(sign(text))), signed_request(query=QUERY), SECRET, NOW)


def test_another_secret_is_refused():
    text = "\n".join(lines(PATH).values())
    with pytest.raises(BadSignature, match="Invalid Hmac"):
        verify(parse(header(sign(text, b"another"))), signed_request(), SECRET, NOW)


def test_a_signature_for_another_method_is_refused():
    text = "\n".join(lines(PATH, "PUT").values())
    with pytest.raises(BadSignature, match="Invalid Hmac"):
        verify(parse(header(sign(text))), signed_request(), SECRET, NOW)


def test_a_body_that_is_not_the_signed_one_is_refused():
    text = "\n".join(lines(PATH).values())
    with pytest.raises(BadSignature, match="digest"):
        verify(parse(header(sign(text))), signed_request(body=BODY + b" "), SECRET, NOW)


@pytest.mark.parametrize(("skew", "good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_date_may_be_three_hundred_seconds_away_and_no_more(skew: int, good: bool):
    authorization = parse(header(sign("\n".join(lines(PATH).values()))))
    now = NOW + timedelta(seconds=skew)
    if good:
        verify(authorization, signed_request(), SECRET, now)
    else:
        with pytest.raises(BadSignature, match="x-date"):
            verify(authorization, signed_request(), SECRET, now)


def test_a_date_that_is_none_is_refused():
    authorization = parse(header(sign("\n".join(lines(PATH).values()))))
    with pytest.raises(BadSignature, match="x-date"):
        verify(authorization, signed_request(date="yesterday"), SECRET, NOW)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Bearer abc",
        "hmac",
        'hmac username="relais-alize"',
        header("AAAA", algorithm="hmac-sha1"),
        header("AAAA", names="digest x-date"),
        header("AAAA", names="x-date request-line"),
        header("not base64!"),
        header("AAAA").replace("hmac username", 'hmac username="other", username'),
    ],
)
def test_an_authorization_that_does_not_say_all_of_it_is_refused(text: str | None):
    with pytest.raises(BadSignature):
        parse(text)


def test_the_space_that_the_official_client_sends_after_the_signature_is_no_trouble():
    assert parse(header("AAAA")).username == "relais-alize"
