"""A stand-in for the REST API: a real HTTP server on a free port that answers what a test lays down and remembers
what it was asked.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

KEY = "test-key"

CLOCK = {"legal": "2026-11-23T09:00:00Z", "real": "2026-11-22T03:00:00Z", "pace": 20000, "zone": "Europe/Paris"}


def order(state: str = "acknowledged", **fields: Any) -> dict[str, Any]:
    """An order as the API tells it."""
    return {
        "order_id": "ord-1",
        "kind": "port_in",
        "state": state,
        "stage": "accepted",
        "waiting_for": None,
        "needs_attention": False,
        "point_of_no_return": False,
        "refusal": None,
        "outcome": None,
        "timeline": [{"at": "2026-11-23T09:00:00Z", "what": "order accepted", "by": "relais", "reason": ""}],
        "links": {},
    } | fields


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    events: list[str] | None = None  # an event stream instead of a body
    cut: bool = False  # handled, but the connection closes without a reply


@dataclass
class FakeApi:
    """`answers[(method, path)]` is a list of answers given in turn, the last one for ever."""

    url: str
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def lay(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, path] = list(answers)

    def asked(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def take(self, request: Request) -> Answer:
        self.requests.append(request)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Answer(401, {"title": "Unauthorized", "code": "unauthorized", "detail": "The key is not known."})
        laid = self.answers.get((request.method, request.path))
        if not laid:
            return Answer(404, {"title": "Not Found", "code": "not_found", "detail": "There is nothing here."})
        return laid.pop(0) if len(laid) > 1 else laid[0]


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    """Runs it for the length of a test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    api = FakeApi(f"http://127.0.0.1:{server.server_port}")
    api.lay("GET", "/v1/clock", Answer(body=CLOCK))
    server.api = api  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test's output is the test's."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            self.command, unquote(parts.path), dict(parse_qsl(parts.query)), headers, json.loads(raw) if raw else None
        )
        answer = self.server.api.take(request)  # type: ignore[attr-defined]
        self.close_connection = True
        if answer.cut:
            return
        kind = "text/event-stream" if answer.events is not None else "application/json"
        stream = "".join(f"event: {name}\ndata: {{}}\n\n" for name in answer.events or [])
        body = stream.encode() if answer.events is not None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
