"""Frames of the Osmocom control protocol: two bytes of length, the stream 0xEE, the extension 0x00, then text.

The length counts what follows the stream byte.
"""

_HEAD = 3
_STREAM = 0xEE
_EXTENSION = 0x00
MAX_TEXT = 0xFFFF - 1


def encode(text: str) -> bytes:
    """One frame; text that does not fit is cut."""
    payload = text.encode()[:MAX_TEXT]
    return (len(payload) + 1).to_bytes(2, "big") + bytes((_STREAM, _EXTENSION)) + payload


class Decoder:
    """Bytes as they arrive in, texts out. Frames of other streams are skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """The texts completed by `data`."""
        self._buffer += data
        texts = []
        while len(self._buffer) >= _HEAD:
            end = _HEAD + int.from_bytes(self._buffer[:2], "big")
            if len(self._buffer) < end:
                break
            if self._buffer[2] == _STREAM and end > _HEAD and self._buffer[_HEAD] == _EXTENSION:
                texts.append(self._buffer[_HEAD + 1 : end].decode("utf-8", "replace"))
            del self._buffer[:end]
        return texts
