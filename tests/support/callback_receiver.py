"""Somebody to be told: an HTTP server that keeps the callbacks it gets and answers them as it is said."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 15.0
DONE = 204


@dataclass(frozen=True)
class Told:
    """One callback as it came; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


class CallbackReceiver:
    """Listens on a free port of 127.0.0.1. `answers` are the next statuses; after them everything is answered 204."""

    def __init__(self, port: int = 0) -> None:
        self.told: list[Told] = []
        self.answers: list[int] = []
        self._news = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver._take(Told(self.path, headers, body)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/told"

    def about(self, **fields: Any) -> list[dict[str, Any]]:
        """Bodies that have these fields, in the order in which they came."""
        bodies = [told.json for told in self.told]
        return [body for body in bodies if all(body.get(name) == value for name, value in fields.items())]

    def wait_for(self, count: int, **fields: Any) -> list[dict[str, Any]]:
        """At least so many of them."""
        deadline = time.monotonic() + PATIENCE_S
        with self._news:
            while len(self.about(**fields)) < count:
                assert self._news.wait(deadline - time.monotonic()), f"{len(self.about(**fields))} of {count} came"
        return self.about(**fields)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, told: Told) -> int:
        with self._news:
            self.told.append(told)
            self._news.notify_all()
            return self.answers.pop(0) if self.answers else DONE
