"""Buffered requests and replies, for faults that change them."""

from starlette.types import Message, Receive, Send

_STREAM = b"text/event-stream"


class Reply:
    """Collects a reply instead of sending it. An event stream cannot be collected and goes through as it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._through = False
        self.body = b""

    async def take(self, message: Message) -> None:
        """Stand in for the server's `send`."""
        if message["type"] == "http.response.start":
            self._start = message
            self._through = any(
                name == b"content-type" and value.startswith(_STREAM) for name, value in message["headers"]
            )
        if self._through:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, body: bytes) -> None:
        """Send the reply's head with another body."""
        if self._through:
            return
        headers = [(name, value) for name, value in self._start["headers"] if name != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


async def swallow(message: Message) -> None:
    """A `send` that sends nothing."""


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
