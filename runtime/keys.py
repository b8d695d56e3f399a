"""Keys of this installation, made on first run.

Two families: the *ring* encrypts payloads and the journal's personal fields and can be rotated (add a key, make it
active, keep the old ones for reading); the *index key* makes the keyed hashes of numbers in ids and search attributes
and is never rotated, or nothing would be found again. In production the file comes from a secret store; its format is
the same.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.secret_file import publish

KEY_BYTES = 32


class KeysUnreadable(Exception):
    """The key file exists but is not what this program wrote; nothing is overwritten."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """AES-256 keys by id; new data is sealed with the active one, old data opened with the one it names."""

    active: str
    keys: Mapping[str, bytes]
    index_key: bytes


def load_or_make(folder: Path) -> KeyRing:
    """The installation's keys; made (file mode 0600) when there are none. Several processes may call it at once.

    Raises:
        KeysUnreadable: the file is damaged; the message names it and never shows a key.
    """
    file = folder / "keys.json"
    if not file.exists():
        publish(file, json.dumps(_fresh()).encode())
    try:
        data = json.loads(file.read_text())
        keys = {key_id: base64.b64decode(text) for key_id, text in data["keys"].items()}
        ring = KeyRing(active=data["active"], keys=keys, index_key=base64.b64decode(data["index"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysUnreadable(
            f"{file} is damaged: restore it from a backup, without it no payload can be read"
        ) from error
    if ring.active not in ring.keys or any(len(key) != KEY_BYTES for key in (*keys.values(), ring.index_key)):
        raise KeysUnreadable(f"{file} lacks its active key or holds one of a wrong length")
    return ring


def _fresh() -> dict[str, object]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()

    return {"active": "k1", "keys": {"k1": key()}, "index": key()}
