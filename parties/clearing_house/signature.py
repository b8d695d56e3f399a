"""How we prove to the clearing house who we are: an HMAC over digest, date and request line, and an RS256 token, on
every request.

Both checks use the real clock, never legal time.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

TOKEN_LEEWAY = 30
"""Seconds a token is valid before and after the moment it was made."""

TOKEN_REUSE = 15.0
"""Seconds for which one token serves: an RSA signature costs a hundred times an HMAC, and half of the validity stays
in reserve.
"""

PRIVATE_KEY_FILE = "private-key.pem"
SHARED_KEY_FILE = "sharedkey.encrypted"


class CredentialsUnusable(Exception):
    """The credentials in a folder are missing or damaged; the text names the file, never its content."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A consumer's key and the secret it shares with the clearing house.

    The secret arrives encrypted with PKCS#1 v1.5 for the public key. Decrypting it with another private key mostly
    gives random bytes, not an error: mismatched files usually load well and end in 401 later.
    """

    private_key: RSAPrivateKey = field(repr=False)
    hmac_secret: bytes = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read both files of `folder`, once. Raises `CredentialsUnusable`."""
        try:
            private_key = load_pem_private_key((folder / PRIVATE_KEY_FILE).read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise CredentialsUnusable(f"{PRIVATE_KEY_FILE}: {type(error).__name__}") from None
        if not isinstance(private_key, RSAPrivateKey):
            raise CredentialsUnusable(f"{PRIVATE_KEY_FILE}: not an RSA key")
        try:
            encrypted = base64.b64decode((folder / SHARED_KEY_FILE).read_bytes())
            secret = private_key.decrypt(encrypted, PKCS1v15())
        except (OSError, ValueError, binascii.Error) as error:
            raise CredentialsUnusable(f"{SHARED_KEY_FILE}: {type(error).__name__}") from None
        return cls(private_key=private_key, hmac_secret=secret)


class Signer:
    """Makes the headers that authenticate one request of `consumer`. `now` gives real seconds since the epoch."""

    def __init__(self, credentials: Credentials, consumer: str, now: Callable[[], float] = time.time) -> None:
        self._credentials = credentials
        self._consumer = consumer
        self._now = now
        self._token = ""
        self._token_made_at = float("-inf")

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """For `target` as it stands in the request line: percent-encoded path and query; `body` is empty for a GET."""
        now = self._now()
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        date = format_datetime(datetime.fromtimestamp(now, UTC), usegmt=True)
        signed = signed_string(digest, date, method, target)
        mac = hmac.digest(self._credentials.hmac_secret, signed.encode("ascii"), "sha256")
        signature = base64.b64encode(mac).decode()
        return {
            "digest": digest,
            "x-date": date,
            "authorization": (
                f'hmac username="{self._consumer}", algorithm="hmac-sha256", '
                f'headers="digest x-date request-line", signature="{signature}"'
            ),
            "Cookie": f"jwt={self._fresh_token(now)}",
        }

    def _fresh_token(self, now: float) -> str:
        if not 0 <= now - self._token_made_at <= TOKEN_REUSE:
            claims = {"iss": self._consumer, "nbf": int(now) - TOKEN_LEEWAY, "exp": int(now) + TOKEN_LEEWAY}
            self._token = jwt.encode(claims, self._credentials.private_key, algorithm="RS256")
            self._token_made_at = now
        return self._token


def signed_string(digest: str, date: str, method: str, target: str) -> str:
    """What the HMAC covers, in the order in which the `headers` parameter names it; no line end after the last line."""
    return f"digest: {digest}\nx-date: {date}\n{method} {target} HTTP/1.1"
