"""A hand on the simulator's admin routes, home systems and HLRs, without any client of ours between."""

import itertools
import secrets
import socket
from typing import Any

import httpx

from simulator.hlr.frames import Decoder, encode

_NUMBERS = itertools.count()
FIRST_FREE = 850
"""Of each thousand of the fiction range the last 150 are free in a new world; these are CIRUS's, 06 39 98 48 50 on."""


class Home:
    """Requests with fresh references and idempotency keys. Every test works on numbers and cards of its own."""

    def __init__(self, base_url: str, hlr_port: int, operator: str = "ALIZE") -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)
        self.hlr_port = hlr_port
        self.path = f"/home/{operator}"

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def write(self, path: str, body: dict[str, Any], *, key: str | None = None, method: str = "POST") -> httpx.Response:
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        return self.http.request(method, self.path + path, json=body, headers=headers)

    def fault(self, party: str, kind: str, **more: Any) -> None:
        assert self.http.put(f"/admin/faults/{party}", json={"kind": kind, **more}).is_success

    def effects(self, *, reference: str | None = None, key: str | None = None, after: int = 0) -> list[str]:
        """Names of the effects with this reference or this key."""
        items = self.get("/admin/effects", after=after, limit=10_000).json()["items"]
        return [
            item["effect"]
            for item in items
            if (reference is None or item["detail"].get("reference") == reference)
            and (key is None or item["key"] == key)
        ]

    def last_effect(self) -> int:
        return int(self.get("/admin/effects", limit=10_000).json()["next"])

    def new_reference(self) -> str:
        return secrets.token_hex(6)

    def new_number(self) -> str:
        """A number in CIRUS's range that no line of a new world has."""
        return f"+33639984{FIRST_FREE + next(_NUMBERS)}"

    def close(self) -> None:
        self.http.close()


class HlrConnection:
    """One TCP connection to an HLR."""

    def __init__(self, port: int, timeout: float = 10.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._decoder = Decoder()
        self._texts: list[str] = []

    def send(self, text: str) -> None:
        self.socket.sendall(encode(text))

    def receive(self) -> str:
        """The next reply; EOFError when the connection is closed."""
        while not self._texts:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._texts += self._decoder.feed(data)
        return self._texts.pop(0)

    def ask(self, text: str) -> str:
        self.send(text)
        return self.receive()

    def close(self) -> None:
        self.socket.close()
