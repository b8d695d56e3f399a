"""What we sign and how, checked against an independent computation and against public-key verification."""

import base64
import hashlib
import hmac
from contextlib import suppress
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from parties.clearing_house.signature import Credentials, CredentialsUnusable, Signer, signed_string

SECRET = b"a shared secret of the tests"
NOON = 1795348800.0  # Sun, 22 Nov 2026 12:00:00 GMT
TARGET = "/number-portability/v3/dossiers/cancel"
BODY = b'{"message":{}}'


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def credentials(private_key: rsa.RSAPrivateKey) -> Credentials:
    return Credentials(private_key=private_key, hmac_secret=SECRET)


def write_credentials(folder: Path, key: rsa.RSAPrivateKey, encrypted_for: rsa.RSAPrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "private-key.pem").write_bytes(pem)
    encrypted = encrypted_for.public_key().encrypt(SECRET, padding.PKCS1v15())
    (folder / "sharedkey.encrypted").write_bytes(base64.b64encode(encrypted) + b"\n")


def test_the_signed_string_is_digest_date_and_request_line_to_the_letter() -> None:
    assert signed_string("SHA-256=abc=", "Sun, 22 Nov 2026 12:00:00 GMT", "POST", TARGET) == (
        "digest: SHA-256=abc=\n"
        "x-date: Sun, 22 Nov 2026 12:00:00 GMT\n"
        "POST /number-portability/v3/dossiers/cancel HTTP/1.1"
    )


def test_the_headers_carry_digest_date_and_signature(credentials: Credentials) -> None:
    headers = Signer(credentials, "relais-alize", lambda: NOON).headers("POST", TARGET, BODY)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    text = f"digest: {digest}\nx-date: Sun, 22 Nov 2026 12:00:00 GMT\nPOST {TARGET} HTTP/1.1"
    signature = base64.b64encode(hmac.new(SECRET, text.encode(), hashlib.sha256).digest()).decode()
    assert headers["digest"] == digest
    assert headers["x-date"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert headers["authorization"] == (
        'hmac username="relais-alize", algorithm="hmac-sha256", headers="digest x-date request-line", '
        f'signature="{signature}"'
    )


def test_the_signature_is_the_hmac_of_its_definition(credentials: Credentials) -> None:
    headers = Signer(credentials, "relais-alize", lambda: NOON).headers("GET", TARGET, b"")
    text = signed_string(headers["digest"], headers["x-date"], "GET", TARGET).encode()
    block = SECRET.ljust(64, b"\0")  # RFC 2104, section 2
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()
    assert headers["authorization"].endswith(f'signature="{base64.b64encode(outer).decode()}"')


def test_a_get_signs_the_digest_of_nothing(credentials: Credentials) -> None:
    headers = Signer(credentials, "relais-alize", lambda: NOON).headers("GET", TARGET, b"")
    assert headers["digest"] == "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_the_query_is_signed_as_it_is_encoded(credentials: Credentials) -> None:
    signer = Signer(credentials, "relais-alize", lambda: NOON)
    encoded = signer.headers("GET", "/events?messageTypes=a%2Cb", b"")["authorization"]
    decoded = signer.headers("GET", "/events?messageTypes=a,b", b"")["authorization"]
    assert encoded != decoded


def test_the_token_names_the_consumer_and_lives_a_minute(credentials: Credentials) -> None:
    headers = Signer(credentials, "relais-alize", lambda: NOON).headers("GET", TARGET, b"")
    token = headers["Cookie"].removeprefix("jwt=")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}
    claims = jwt.decode(
        token,
        credentials.private_key.public_key(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_nbf": False},
    )
    assert claims == {"iss": "relais-alize", "nbf": NOON - 30, "exp": NOON + 30}


def test_a_token_serves_fifteen_seconds_and_no_longer(credentials: Credentials) -> None:
    now = NOON
    signer = Signer(credentials, "relais-alize", lambda: now)
    first = signer.headers("GET", TARGET, b"")["Cookie"]
    now = NOON + 15
    assert signer.headers("GET", TARGET, b"")["Cookie"] == first
    now = NOON + 16
    assert signer.headers("GET", TARGET, b"")["Cookie"] != first


def test_a_clock_set_back_makes_a_fresh_token(credentials: Credentials) -> None:
    now = NOON
    signer = Signer(credentials, "relais-alize", lambda: now)
    first = signer.headers("GET", TARGET, b"")["Cookie"]
    now = NOON - 100
    assert signer.headers("GET", TARGET, b"")["Cookie"] != first


def test_credentials_load_from_their_two_files(tmp_path: Path, private_key: rsa.RSAPrivateKey) -> None:
    write_credentials(tmp_path, private_key, encrypted_for=private_key)
    assert Credentials.load(tmp_path).hmac_secret == SECRET


def test_a_secret_for_another_key_never_becomes_ours(tmp_path: Path, private_key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_credentials(tmp_path, private_key, encrypted_for=other)
    # Where the other key's modulus is the larger, the ciphertext does not even fit.
    secret = b""
    with suppress(CredentialsUnusable):
        secret = Credentials.load(tmp_path).hmac_secret
    assert secret != SECRET


@pytest.mark.parametrize("file", ["private-key.pem", "sharedkey.encrypted"])
@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_damaged_credentials_are_named_by_their_file(
    tmp_path: Path, private_key: rsa.RSAPrivateKey, file: str, content: bytes | None
) -> None:
    write_credentials(tmp_path, private_key, encrypted_for=private_key)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(CredentialsUnusable, match=file):
        Credentials.load(tmp_path)


def test_credentials_never_show_their_keys(credentials: Credentials) -> None:
    assert repr(credentials) == "Credentials()"
