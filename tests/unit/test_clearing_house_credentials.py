"""Key material of the simulated clearing house's consumers, and the tokens made with it."""

import base64
import stat
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from simulator.clearing_house import tokens
from simulator.clearing_house.consumers import register

NAME = "relais-alize"
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")
    register(folder, [("ALIZE", NAME)])
    return folder


@pytest.fixture
def consumer(folder):
    return register(folder, [("ALIZE", NAME)])[NAME]


@pytest.fixture
def private_key(folder):
    return load_pem_private_key((folder / "clearing-house" / NAME / "private-key.pem").read_bytes(), None)


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    return {"iss": NAME, "nbf": now - 30, "exp": now + 30} | changes


def test_the_shared_key_decrypts_to_the_secret_that_the_clearing_house_keeps(folder, consumer, private_key):
    encrypted = base64.b64decode((folder / "clearing-house" / NAME / "sharedkey.encrypted").read_bytes())
    assert private_key.decrypt(encrypted, padding.PKCS1v15()) == consumer.secret
    assert private_key.key_size == 2048


def test_key_material_is_for_its_owners_eyes_only(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}


def test_a_second_start_keeps_the_key_material(folder, consumer):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = register(folder, [("ALIZE", NAME)])[NAME]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert again.secret == consumer.secret


def test_a_lost_part_is_made_again_with_all_the_others(tmp_path):
    first = register(tmp_path, [("ALIZE", NAME)])[NAME]
    (tmp_path / "clearing-house" / NAME / "private-key.pem").unlink()
    second = register(tmp_path, [("ALIZE", NAME)])[NAME]
    assert (tmp_path / "clearing-house" / NAME / "private-key.pem").is_file()
    assert second.secret != first.secret


def test_a_token_of_the_consumer_is_taken(consumer, private_key):
    tokens.verify(jwt.encode(claims(), private_key, "RS256"), consumer.public_key, NAME)


@pytest.mark.parametrize(
    "changes",
    [{"iss": "relais-borea"}, {"exp": 1}, {"nbf": 99999999999}, {"iss": None}, {"exp": None}, {"nbf": None}],
    ids=["another consumer's", "expired", "not yet valid", "no issuer", "no end", "no beginning"],
)
def test_a_token_that_says_something_else_is_refused(consumer, private_key, changes):
    content = {name: value for name, value in claims(**changes).items() if value is not None}
    with pytest.raises(tokens.BadToken):
        tokens.verify(jwt.encode(content, private_key, "RS256"), consumer.public_key, NAME)


def test_a_token_signed_with_another_key_is_refused(consumer):
    with pytest.raises(tokens.BadToken):
        tokens.verify(jwt.encode(claims(), OTHER_KEY, "RS256"), consumer.public_key, NAME)


def test_no_other_algorithm_is_taken(consumer, private_key):
    for token in (jwt.encode(claims(), None, "none"), jwt.encode(claims(), private_key, "RS512"), None, "", "a.b.c"):
        with pytest.raises(tokens.BadToken):
            tokens.verify(token, consumer.public_key, NAME)
