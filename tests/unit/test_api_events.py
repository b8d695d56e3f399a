"""The live story of an order: from the beginning or after an event, kept alive, ended by the order's end."""

import asyncio
import json
from datetime import timedelta

import pytest

from api.orders.events import HEARTBEAT, story
from domain.orders import OrderState
from tests.support.api_kit import NOW, Api
from tests.support.journal_kit import entry


def tell(api: Api, order_id: str, key: str, state: OrderState = OrderState.IN_PROGRESS) -> None:
    told = entry(1, key, state).model_copy(update={"order_id": order_id})
    api.journal.orders.record(told, at_legal=NOW + timedelta(hours=1), at_real=NOW)


def parsed(text: str) -> list[tuple[str | None, str, dict[str, object]]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


async def test_a_finished_order_is_told_from_its_beginning_to_its_end(api: Api):
    order_id = await api.accepted()
    tell(api, order_id, "asked")
    tell(api, order_id, "done", OrderState.COMPLETED)
    answer = await api.client.get(f"/v1/orders/{order_id}/events")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    told = parsed(answer.text)
    assert [(number, name, data["stage"]) for number, name, data in told] == [
        ("1", "order", "accepted"),
        ("2", "order", "asked"),
        ("3", "order", "done"),
        (None, "end", "done"),
    ]
    assert [data.get("code") for _, _, data in told] == ["accepted", "note", "note", None]
    assert told[-1][2] == {"state": "completed", "stage": "done"}


async def test_a_reader_that_comes_back_goes_on_after_the_last_event_it_saw(api: Api):
    order_id = await api.accepted()
    tell(api, order_id, "done", OrderState.COMPLETED)
    answer = await api.client.get(f"/v1/orders/{order_id}/events", headers={"Last-Event-ID": "1"})
    assert [(number, name) for number, name, _ in parsed(answer.text)] == [("2", "order"), (None, "end")]


async def test_news_wakes_an_open_stream_whoever_wrote_it(api: Api):
    order_id = await api.accepted()
    stream = story(api.context, order_id, 0, heartbeat_s=30)
    assert b"accepted" in await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    for _ in range(50):
        await asyncio.sleep(0.01)
        if not waiting.done():
            await api.context.feed.look()
        break
    assert not waiting.done()
    tell(api, order_id, "asked")
    await api.context.feed.look()
    assert b"asked happened" in await asyncio.wait_for(waiting, 5)
    await stream.aclose()


async def test_a_silent_stream_is_kept_alive_by_comments(api: Api):
    order_id = await api.accepted()
    stream = story(api.context, order_id, 1, heartbeat_s=0.01)
    assert await anext(stream) == HEARTBEAT
    assert await anext(stream) == HEARTBEAT
    await stream.aclose()


async def test_streams_end_when_the_process_stops(api: Api):
    order_id = await api.accepted()
    stream = story(api.context, order_id, 1, heartbeat_s=30)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.05)
    api.context.feed.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 5)


async def test_the_feed_looks_only_while_somebody_watches(api: Api):
    order_id = await api.accepted()
    looking = asyncio.create_task(api.context.feed.run())
    stream = story(api.context, order_id, 1, heartbeat_s=30)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.05)
    tell(api, order_id, "asked")
    assert b"asked happened" in await asyncio.wait_for(waiting, 5)
    await stream.aclose()
    looking.cancel()


@pytest.mark.parametrize("last", ["-1", "abc", "٣"])
async def test_an_event_id_that_is_none_is_refused(api: Api, last: str):
    order_id = await api.accepted()
    headers = [(b"last-event-id", last.encode())]
    answer = await api.client.get(f"/v1/orders/{order_id}/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")


async def test_an_unknown_order_has_no_events(api: Api):
    assert (await api.client.get(f"/v1/orders/pi-{'0' * 26}/events")).status_code == 404
