"""Personal fields at rest: sealed with AES-GCM, and found again through a keyed hash.

A sealed field is `version (1 byte) | length of the key id (1) | key id | nonce (12) | ciphertext and tag (16)`. The
key id travels with the field, so that keys can be rotated while old fields stay readable. Each field is bound to the
place it belongs to (the associated data): moved to another row, or with the clear columns beside it altered, it does
not open.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from journal.errors import Sealed

_VERSION = 1
_NONCE_BYTES = 12
_HASH_HEX_CHARACTERS = 32


class Keys(Protocol):
    """AES keys (16, 24 or 32 bytes) by id, and the id of the one that seals."""

    @property
    def active(self) -> str: ...

    @property
    def keys(self) -> Mapping[str, bytes]: ...


class FieldCipher:
    """Seals and opens fields. Safe to share between threads."""

    def __init__(self, keys: Keys) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.keys.items()}
        self._sealing = self._ciphers[keys.active]
        active = keys.active.encode()
        self._prefix = bytes((_VERSION, len(active))) + active

    def seal(self, value: bytes, aad: bytes) -> bytes:
        """The value, encrypted with the active key and bound to `aad`."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._prefix + nonce + self._sealing.encrypt(nonce, value, aad)

    def open(self, stored: bytes, aad: bytes) -> bytes:
        """What was sealed with this `aad`, by any key of the ring; raises `Sealed`."""
        try:
            start = 2 + stored[1]
            cipher = self._ciphers[stored[2:start].decode()]
            if stored[0] != _VERSION:
                raise Sealed("a stored field has an unknown format")
            nonce_end = start + _NONCE_BYTES
            return cipher.decrypt(stored[start:nonce_end], stored[nonce_end:], aad)
        except KeyError:
            raise Sealed("a stored field was sealed with a key that is not in the ring") from None
        except (InvalidTag, IndexError, ValueError):
            raise Sealed("a stored field was altered or belongs elsewhere") from None

    def seal_json(self, value: Any, aad: bytes) -> bytes:
        """As `seal`, for anything that JSON can hold."""
        return self.seal(canonical(value), aad)

    def open_json(self, stored: bytes, aad: bytes) -> Any:
        """As `open`, back to what `seal_json` was given."""
        return json.loads(self.open(stored, aad))


class LineIndex:
    """Keyed hashes for look-up. The key is apart from the sealing keys and is never rotated: rotated, nothing would be
    found.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, msisdn: str) -> str:
        """HMAC-SHA256 of an E.164 number: its first 32 hexadecimal characters."""
        return hmac.digest(self._key, msisdn.encode(), hashlib.sha256).hex()[:_HASH_HEX_CHARACTERS]

    def of_text(self, purpose: str, text: str) -> str:
        """As `of`, for other text that may hold personal data (a client's idempotency key); never a number's hash."""
        return self.of(f"{purpose}\0{text}")


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
