"""Event streams of the simulated clearing house: frames, offsets, heartbeats, wake-ups, and faults on deliveries."""

import asyncio
import json
from contextlib import aclosing

import pytest

from simulator.clearing_house.faulty_stream import event_bytes
from simulator.clearing_house.queries import subscription
from simulator.clearing_house.stream import Silence, Subscription, deliveries, frame, heartbeat
from simulator.clearing_house.wire_refusals import WireRefusal
from simulator.world.build import build_world
from simulator.world.faults import Faults
from simulator.world.operators import OPERATORS
from tests.support.clearing_house_world import Town, cancel, open_town, request

PATIENCE = 0.05
WAIT = 5.0


@pytest.fixture
def town(tmp_path):
    return open_town(tmp_path)


@pytest.fixture
def faults(town: Town) -> Faults:
    return Faults(town.store)


def ask(town: Town, index: int = 0) -> None:
    town.send("ALIZE", request(f"ALIZE-1000{index}", "ALIZE", "CIRUS", town.number_of("CIRUS", index)))


async def take(stream, count: int) -> list:
    found = []
    async with asyncio.timeout(WAIT):
        async with aclosing(stream):
            async for item in stream:
                found.append(item)
                if len(found) == count:
                    break
    return found


def listen(town: Town, wanted: Subscription, patience: float = PATIENCE):
    return deliveries(town.house.mailboxes, wanted, lambda: patience, lambda: False)


def test_an_event_has_id_type_and_one_line_of_data(town: Town):
    ask(town)
    lines = frame(town.inbox("CIRUS")[0]).decode().split("\n")
    assert lines[:2] == ["id:1", "event:portingrequest-v3"]
    assert lines[2].startswith("data:{")
    assert lines[3:] == ["", ""]


def test_an_event_carries_every_optional_field_as_null(town: Town):
    ask(town)
    content = json.loads(town.inbox("CIRUS")[0].data)["message"]
    body = content["body"]["portingrequest"]
    assert content["header"]["sender"] == {"networkoperator": "ALIZE", "serviceprovider": None}
    assert [body[name] for name in ("note", "contract", "donorserviceprovider")] == [None] * 3
    assert body["customerinfo"]["postcode"] is None
    assert body["repeats"][0]["seq"]["repeats"] is None


def test_a_heartbeat_has_an_id_and_an_empty_data_line():
    assert heartbeat(Silence(7)) == b"id:7\nevent:keepalive\ndata:\n\n"


async def test_silence_is_told_with_the_last_id(town: Town):
    ask(town)
    found = await take(listen(town, Subscription("CIRUS")), 2)
    assert found[1] == Silence(found[0].id)


async def test_unconfirmed_messages_come_again_and_confirmed_ones_do_not(town: Town):
    ask(town, 0)
    ask(town, 1)
    first, second = await take(listen(town, Subscription("CIRUS")), 2)
    town.house.confirm(OPERATORS["CIRUS"], first.id)
    assert (await take(listen(town, Subscription("CIRUS")), 1)) == [second]
    everything = Subscription("CIRUS", unconfirmed=False)
    assert await take(listen(town, everything), 2) == [first, second]


async def test_an_offset_is_exclusive(town: Town):
    ask(town, 0)
    ask(town, 1)
    first, second = town.inbox("CIRUS")
    assert (await take(listen(town, Subscription("CIRUS", offset=first.id)), 1)) == [second]


async def test_only_the_message_types_asked_for_come(town: Town):
    ask(town)
    town.send("ALIZE", cancel("ALIZE-10000", "ALIZE", "CIRUS"))
    found = await take(listen(town, Subscription("CIRUS", types=frozenset({"cancel"}))), 1)
    assert [delivery.type for delivery in found] == ["cancel"]


async def test_each_of_several_streams_of_one_consumer_is_woken_and_sees_everything(town: Town):
    readers = [asyncio.create_task(take(listen(town, Subscription("CIRUS"), WAIT), 1)) for _ in range(3)]
    await asyncio.sleep(0)
    ask(town)
    found = await asyncio.gather(*readers)
    assert [[delivery.type for delivery in one] for one in found] == [["portingrequest"]] * 3


async def test_a_stream_that_was_left_does_not_hold_up_the_others(town: Town):
    await take(listen(town, Subscription("CIRUS")), 1)
    reader = asyncio.create_task(take(listen(town, Subscription("CIRUS"), WAIT), 1))
    await asyncio.sleep(0)
    ask(town)
    assert len(await reader) == 1


async def test_streams_end_when_the_service_does(town: Town):
    reader = asyncio.create_task(take(listen(town, Subscription("CIRUS"), WAIT), 1))
    await asyncio.sleep(0)
    town.house.mailboxes.close()
    assert await reader == []


async def test_heartbeats_go_down_a_silent_stream(town: Town, faults: Faults):
    ask(town)
    stream = event_bytes(town.house.mailboxes, faults, Subscription("CIRUS"), PATIENCE)
    event, *beats = await take(stream, 3)
    assert event.startswith(b"id:1\n")
    assert beats == [heartbeat(Silence(1))] * 2


async def test_a_duplicated_delivery_comes_twice_in_a_row(town: Town, faults: Faults):
    faults.put("clearing_house", "duplicate", count=1)
    ask(town)
    [found] = await take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 1)
    assert found.count(b"id:1\n") == 2


async def test_an_overtaken_delivery_comes_after_the_next_one(town: Town, faults: Faults):
    faults.put("clearing_house", "out_of_order", count=1)
    ask(town, 0)
    ask(town, 1)
    found = await take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 2)
    assert [chunk.split(b"\n")[0] for chunk in found] == [b"id:2", b"id:1"]


async def test_an_overtaken_delivery_does_not_wait_for_ever(town: Town, faults: Faults):
    faults.put("clearing_house", "out_of_order", count=1, delay_s=PATIENCE)
    ask(town)
    [found] = await take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 1)
    assert found.startswith(b"id:1\n")


async def test_a_malformed_delivery_is_no_json_and_comes_whole_to_the_next_reader(town: Town, faults: Faults):
    faults.put("clearing_house", "malformed", call="delivery", count=1)
    ask(town)
    [spoilt] = await take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 1)
    with pytest.raises(ValueError):
        json.loads(spoilt.split(b"data:")[1])
    [whole] = await take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 1)
    assert json.loads(whole.split(b"data:")[1])["message"]


async def test_an_outage_ends_the_stream(town: Town, faults: Faults):
    faults.on_change(town.house.mailboxes.wake_all)
    reader = asyncio.create_task(take(event_bytes(town.house.mailboxes, faults, Subscription("CIRUS")), 1))
    await asyncio.sleep(0)
    faults.put("clearing_house", "outage")
    assert await reader == []


def test_a_query_says_offset_types_and_status():
    query = {"offset": "3", "messageTypes": "portingrequest,cancel", "confirmationStatus": "All"}
    wanted = subscription("CIRUS", query)
    assert wanted == Subscription("CIRUS", 3, frozenset({"portingrequest", "cancel"}), unconfirmed=False)
    assert subscription("CIRUS", {}) == Subscription("CIRUS", -1, frozenset(), unconfirmed=True)


@pytest.mark.parametrize(
    "query",
    [
        {"offset": "x"},
        {"offset": "٣"},
        {"offset": str(2**63)},
        {"offset": "9" * 5000},
        {"confirmationStatus": "all"},
        {"messageTypes": "letters"},
    ],
)
def test_a_query_that_means_nothing_is_refused(query: dict[str, str]):
    with pytest.raises(WireRefusal) as refused:
        subscription("CIRUS", query)
    assert (refused.value.status, refused.value.code) == (400, 1010)


async def test_an_open_stream_goes_on_in_the_world_after_a_reset(town: Town, tmp_path):
    ask(town, 0)
    ask(town, 1)
    stream = listen(town, Subscription("CIRUS"), WAIT)
    async with aclosing(stream):
        assert [(await anext(stream)).id, (await anext(stream)).id] == [1, 2]
        reader = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        fresh = tmp_path / "fresh.sqlite"
        build_world(fresh, seed=1, subscribers=600, pace=1)
        town.store.replace_with(fresh)
        ask(town, 2)
        async with asyncio.timeout(WAIT):
            assert (await reader).id == 1
