"""Payload encryption: nothing personal rests in clear in Temporal's database (AES-256-GCM, the key's id in the
metadata).
"""

import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime.keys import KeyRing

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12


class UndecodablePayload(Exception):
    """Encrypted with a key that this installation does not have, or altered on its way."""


class EncryptionCodec(PayloadCodec):
    """Seals each payload whole (its metadata included); payloads that are not sealed pass through on decoding."""

    def __init__(self, ring: KeyRing) -> None:
        self._active = ring.active
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [
            self._open(payload) if payload.metadata.get("encoding") == ENCODING else payload for payload in payloads
        ]

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        key_id = self._active.encode()
        sealed = self._ciphers[self._active].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, "encryption-key-id": key_id}, data=nonce + sealed)

    def _open(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get("encryption-key-id", b"")
        cipher = self._ciphers.get(key_id.decode("utf-8", "replace"))
        if cipher is None:
            raise UndecodablePayload("sealed with a key that is not on this installation's ring")
        try:
            clear = cipher.decrypt(payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:], key_id)
        except (InvalidTag, ValueError) as error:
            raise UndecodablePayload("altered, or sealed by another installation with a key of the same id") from error
        return Payload.FromString(clear)
