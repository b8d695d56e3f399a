"""One connection of the event stream, against a server that writes exactly what a test says."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC

import httpx
import pytest

from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.stream import MAX_EVENT, listen
from parties.errors import NotConnected, PartyFailed, PartyUnavailable
from parties.http import HttpParty, make_http_client
from parties.timeouts import Timeouts

HEADER = {
    "sender": {"networkoperator": "BOREA"},
    "receiver": {"networkoperator": "ALIZE"},
    "timestamp": "20261122083015",
}
CANCEL = json.dumps({"message": {"header": HEADER, "body": {"cancel": {"dossierid": "ALIZE-12345", "note": None}}}})
EVENT_STREAM = "text/event-stream; charset=utf-8"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with make_http_client() as client:
        yield client


def event(number: str, name: str = "cancel-v3", data: str = CANCEL) -> bytes:
    return f"id:{number}\nevent:{name}\ndata:{data}\n\n".encode()


class Listening:
    """What one connection brought: messages, signs of life, and how it ended."""

    def __init__(self) -> None:
        self.messages: list[InboxMessage] = []
        self.alive = 0
        self.error: PartyUnavailable | None = None

    def sign_of_life(self) -> None:
        self.alive += 1

    async def drain(self, stream: AsyncGenerator[InboxMessage, None]) -> None:
        async with contextlib.aclosing(stream) as messages:
            try:
                async for message in messages:
                    self.messages.append(message)
            except PartyUnavailable as error:
                self.error = error


async def listen_to(
    http: httpx.AsyncClient, pieces: Sequence[bytes], *, content_type: str = EVENT_STREAM, hang: bool = False
) -> Listening:
    """Listen to a chunked answer that comes in these pieces; then it ends, or says nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()
            if hang:
                await reader.read()
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    party = HttpParty(http, "clearing_house", f"http://127.0.0.1:{port}", Timeouts(connect=1))
    heard = Listening()
    await heard.drain(listen(party, "/events", dict, heard.sign_of_life, UTC, silence=0.2))
    server.close()
    return heard


async def test_messages_are_read_with_their_numbers(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28"), event("29")])
    assert [(message.message_id, message.type, message.problem) for message in heard.messages] == [
        (28, "cancel", ""),
        (29, "cancel", ""),
    ]


async def test_an_event_may_come_byte_by_byte(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [bytes([byte]) for byte in event("28")])
    assert [message.message_id for message in heard.messages] == [28]


async def test_line_ends_may_be_those_of_another_system(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28").replace(b"\n", b"\r\n")])
    assert [message.message_id for message in heard.messages] == [28]


async def test_data_may_come_on_several_lines(http: httpx.AsyncClient) -> None:
    lines = "\ndata:".join(json.dumps(json.loads(CANCEL), indent=1).split("\n"))
    heard = await listen_to(http, [event("28", data=lines)])
    assert [message.problem for message in heard.messages] == [""]


async def test_a_heartbeat_is_a_sign_of_life_and_no_message(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28", "keepalive", ""), event("28", "keepalive", "")])
    assert heard.messages == []
    assert heard.alive == 3  # the opening and two heartbeats


async def test_an_ended_stream_is_unavailable(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28")])
    assert "stream ended" in str(heard.error)


async def test_a_silent_stream_is_unavailable(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28")], hang=True)
    assert [message.message_id for message in heard.messages] == [28]
    assert "timeout" in str(heard.error)


async def test_an_event_that_never_ends_is_cut_off(http: httpx.AsyncClient) -> None:
    endless = [b"id:28\nevent:cancel-v3\ndata:"] + [b"x" * 60_000] * (MAX_EVENT // 60_000 + 2)
    heard = await listen_to(http, endless, hang=True)
    assert type(heard.error) is PartyFailed
    assert "too large" in str(heard.error)


async def test_many_small_events_are_no_large_one(http: httpx.AsyncClient) -> None:
    count = 2 * MAX_EVENT // len(event("1000"))
    heard = await listen_to(http, [b"".join(event(str(n)) for n in range(k, k + 50)) for k in range(0, count, 50)])
    assert len(heard.messages) >= count
    assert "stream ended" in str(heard.error)


async def test_a_damaged_event_does_not_hide_the_next(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("28", data='{"message":'), event("29")])
    assert [(message.message_id, message.problem) for message in heard.messages] == [(28, "not JSON"), (29, "")]


async def test_an_event_without_a_decimal_number_is_left_out(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [event("abc"), event("29")])
    assert [message.message_id for message in heard.messages] == [29]


async def test_an_answer_that_is_no_event_stream_is_a_failure(http: httpx.AsyncClient) -> None:
    heard = await listen_to(http, [b"{}"], content_type="application/json")
    assert type(heard.error) is PartyFailed


async def test_nobody_there_is_not_connected(http: httpx.AsyncClient) -> None:
    heard = Listening()
    party = HttpParty(http, "clearing_house", "http://127.0.0.1:1")
    await heard.drain(listen(party, "/events", dict, heard.sign_of_life, UTC))
    assert type(heard.error) is NotConnected
    assert heard.alive == 0
