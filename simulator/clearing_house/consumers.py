"""Consumers of the clearing house and their keys: a shared secret and a public key each.

Two places on disk. The operator's side, `clearing-house/<consumer>/`, holds what a consumer needs: `private-key.pem`
and `sharedkey.encrypted`. The clearing house's own side, `simulator/clearing-house/<consumer>/`, holds
`public-key.pem` and `hmac-key`. Both survive a reset and a restart; a pair is made again only when a part is missing.
"""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_BITS = 2048
SECRET_BYTES = 64
PRIVATE_KEY = "private-key.pem"
SHARED_KEY = "sharedkey.encrypted"
PUBLIC_KEY = "public-key.pem"
HMAC_KEY = "hmac-key"


@dataclass(frozen=True)
class Consumer:
    """One registered consumer: `operator` is the only code that it may speak for."""

    name: str
    operator: str
    secret: bytes
    public_key: rsa.RSAPublicKey


def register(state_dir: Path, operators: Iterable[tuple[str, str]]) -> dict[str, Consumer]:
    """The consumers by name, their key material made where it is missing; `operators` are (code, consumer) pairs."""
    return {name: _load_or_make(state_dir, name, operator) for operator, name in operators}


def _load_or_make(state_dir: Path, name: str, operator: str) -> Consumer:
    theirs = state_dir / "clearing-house" / name
    ours = state_dir / "simulator" / "clearing-house" / name
    parts = [theirs / PRIVATE_KEY, theirs / SHARED_KEY, ours / PUBLIC_KEY, ours / HMAC_KEY]
    if not all(part.is_file() for part in parts):
        _make(theirs, ours)
    public_key = serialization.load_pem_public_key((ours / PUBLIC_KEY).read_bytes())
    if not isinstance(public_key, rsa.RSAPublicKey):
        raise ValueError(f"{ours / PUBLIC_KEY} is not an RSA key")
    return Consumer(name, operator, (ours / HMAC_KEY).read_bytes(), public_key)


def _make(theirs: Path, ours: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    # No newline and no zero byte: the decrypted bytes are the HMAC key as they are.
    secret = secrets.token_urlsafe(SECRET_BYTES)[:SECRET_BYTES].encode()
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    shared = base64.b64encode(key.public_key().encrypt(secret, padding.PKCS1v15()))
    # The operator's shared key comes last: whoever waits for it finds everything else in place.
    _write(ours / PUBLIC_KEY, public_pem)
    _write(ours / HMAC_KEY, secret)
    _write(theirs / PRIVATE_KEY, private_pem)
    _write(theirs / SHARED_KEY, shared)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_bytes(content)
    fresh.replace(path)
