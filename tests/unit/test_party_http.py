"""Every failed HTTP exchange ends in exactly one error, and the error says whether something may have been done."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from parties.errors import (
    NotConnected,
    OutcomeUnknown,
    PartyError,
    PartyFailed,
    PartyRefused,
    PartyUnavailable,
    Throttled,
)
from parties.http import HttpParty, make_http_client
from parties.http_answers import MAX_BODY, MAX_RETRY_AFTER, retry_after
from parties.timeouts import Timeouts
from tests.support.ports import free_ports

QUICK = Timeouts(connect=0.5, read=0.3, write=0.5, pool=0.3, total=0.8)
SECRET = "+33639980001"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with make_http_client() as client:
        yield client


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A server on a free port that treats each connection as `handler` does, then closes it."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def whole_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    return head + await reader.readexactly(length)


def answering(status: str, body: bytes = b"{}", *headers: str) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return handler


def party(http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = QUICK) -> HttpParty:
    return HttpParty(http, "care", base_url, timeouts)


async def write_error(http: httpx.AsyncClient, handler: Handler) -> PartyError:
    async with serving(handler) as url:
        with pytest.raises(PartyError) as caught:
            await party(http, url).write("prepare", "/x", {"msisdn": SECRET}, key="po-1:prepare")
    return caught.value


async def read_error(http: httpx.AsyncClient, handler: Handler) -> PartyError:
    async with serving(handler) as url:
        with pytest.raises(PartyError) as caught:
            await party(http, url).read("line", "/x")
    return caught.value


async def reset_before_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    reset(writer)


async def reset_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    reset(writer)


async def close_without_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)


async def never_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    await reader.read()  # until the client gives up


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)


async def cut_short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"state":')
    await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


LOST = {
    "reset before reading": reset_before_reading,
    "reset after reading": reset_after_reading,
    "closed without a reply": close_without_reply,
    "no reply": never_reply,
    "reply that trickles": trickle,
    "reply cut short": cut_short,
    "not HTTP": lambda reader, writer: _say(reader, writer, b"hello\r\n\r\n"),
    "not JSON": answering("200 OK", b'{"state": '),
    "not an object": answering("201 Created", b"[1]"),
    "too large": answering("200 OK", b'{"a":"' + b"x" * MAX_BODY + b'"}'),
    "compressed": answering("200 OK", b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
}


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, what: bytes) -> None:
    await whole_request(reader)
    writer.write(what)
    await writer.drain()


@pytest.mark.parametrize("handler", LOST.values(), ids=LOST.keys())
async def test_a_write_without_a_usable_answer_has_an_unknown_outcome(
    http: httpx.AsyncClient, handler: Handler
) -> None:
    error = await write_error(http, handler)
    assert type(error) is OutcomeUnknown
    assert SECRET not in str(error)


@pytest.mark.parametrize("handler", LOST.values(), ids=LOST.keys())
async def test_a_read_without_a_usable_answer_is_only_unavailable(http: httpx.AsyncClient, handler: Handler) -> None:
    error = await read_error(http, handler)
    assert isinstance(error, PartyUnavailable)
    assert not isinstance(error, NotConnected)


async def test_a_refused_connection_proves_that_nothing_left(http: httpx.AsyncClient, unused_port: int) -> None:
    with pytest.raises(NotConnected):
        await party(http, f"http://127.0.0.1:{unused_port}").write("prepare", "/x", {}, key="k")


async def test_an_unknown_host_proves_that_nothing_left(http: httpx.AsyncClient) -> None:
    with pytest.raises(NotConnected):
        await party(http, "http://no-such-host.invalid").write("prepare", "/x", {}, key="k")


async def test_a_connection_that_is_never_accepted_proves_that_nothing_left(http: httpx.AsyncClient) -> None:
    # A listener with a full backlog drops further connection attempts.
    with socket.socket() as listener, contextlib.ExitStack() as others:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            other = others.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        with pytest.raises(NotConnected):
            await party(http, f"http://127.0.0.1:{listener.getsockname()[1]}").write("prepare", "/x", {}, key="k")


async def test_waiting_for_a_free_connection_proves_that_nothing_left() -> None:
    async with make_http_client(max_connections=1) as http, serving(never_reply) as url:
        patient = party(http, url, Timeouts(connect=0.5, read=5, write=1, pool=5, total=5))
        busy = asyncio.create_task(patient.read("line", "/x"))
        await asyncio.sleep(0.05)
        with pytest.raises(NotConnected):
            await party(http, url).write("prepare", "/x", {}, key="k")
        busy.cancel()


async def test_a_kept_connection_that_the_peer_has_closed_is_replaced_unnoticed(http: httpx.AsyncClient) -> None:
    seen: list[bytes] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await whole_request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(once) as url:
        await party(http, url).write("prepare", "/x", {}, key="1")
        await asyncio.sleep(0.05)  # the close arrives
        await party(http, url).write("prepare", "/x", {}, key="2")
    assert len(seen) == 2


async def test_a_write_carries_its_key_and_its_body(http: httpx.AsyncClient) -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await whole_request(reader))
        writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"a":"1"}')
        await writer.drain()

    async with serving(handler) as url:
        answer = await party(http, url).write("prepare", "/x", {"name": "Zoé"}, key="po-1:prepare")
    assert answer == {"a": "1"}
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert b"\r\nidempotency-key: po-1:prepare\r\n" in head.lower() + b"\r\n"
    assert body.decode() == '{"name":"Zoé"}'


async def test_a_429_says_how_many_seconds_to_wait(http: httpx.AsyncClient) -> None:
    error = await write_error(http, answering("429 Too Many Requests", b"{}", "Retry-After: 7"))
    assert type(error) is Throttled
    assert error.retry_after == 7


async def test_a_429_may_name_a_date(http: httpx.AsyncClient) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    error = await write_error(http, answering("429 Too Many Requests", b"{}", f"Retry-After: {date}"))
    assert type(error) is Throttled
    assert error.retry_after is not None
    assert 80 < error.retry_after <= 90


async def test_a_429_without_a_time_is_throttling_too(http: httpx.AsyncClient) -> None:
    error = await write_error(http, answering("429 Too Many Requests"))
    assert type(error) is Throttled
    assert error.retry_after is None


async def test_a_503_that_says_when_to_come_back_is_throttling(http: httpx.AsyncClient) -> None:
    error = await write_error(http, answering("503 Service Unavailable", b"", "Retry-After: 2"))
    assert type(error) is Throttled
    assert error.retry_after == 2


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"])
async def test_a_5xx_is_a_failure_of_the_party(http: httpx.AsyncClient, status: str) -> None:
    assert type(await write_error(http, answering(status, b"<html>"))) is PartyFailed


async def test_a_4xx_with_a_code_is_a_refusal(http: httpx.AsyncClient) -> None:
    body = f'{{"code":"unknown_line","message":"no line {SECRET}"}}'.encode()
    error = await read_error(http, answering("404 Not Found", body))
    assert type(error) is PartyRefused
    assert (error.code, error.raw, error.status) == ("unknown_line", "unknown_line", 404)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    "body", [b"<html>not here</html>", b'{"detail":"Not Found"}', b'{"code":"+33639980001 unknown"}', b'{"code":7}']
)
async def test_a_4xx_without_a_proper_code_never_ends_an_order(http: httpx.AsyncClient, body: bytes) -> None:
    assert type(await write_error(http, answering("404 Not Found", body))) is PartyFailed


async def test_a_redirect_is_not_followed(http: httpx.AsyncClient) -> None:
    error = await read_error(http, answering("307 Temporary Redirect", b"", "Location: http://127.0.0.1:1/elsewhere"))
    assert type(error) is PartyFailed
    assert "307" in str(error)


@pytest.mark.parametrize("value", [None, "", "soon", "-3", "٣", "1.5", "Sun, 99 Nov 2026 25:00:00 GMT"])
def test_an_unreadable_retry_after_says_nothing(value: str | None) -> None:
    assert retry_after(value, datetime(2026, 11, 22, tzinfo=UTC)) is None


def test_a_retry_after_in_the_past_means_now() -> None:
    assert retry_after("Sun, 22 Nov 2026 00:00:00 GMT", datetime(2026, 11, 23, tzinfo=UTC)) == 0


def test_a_retry_after_of_a_day_is_cut_to_an_hour() -> None:
    assert retry_after("86400", datetime(2026, 11, 22, tzinfo=UTC)) == MAX_RETRY_AFTER


@pytest.fixture
def unused_port() -> int:
    return free_ports()
