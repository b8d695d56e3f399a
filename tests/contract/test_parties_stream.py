"""The event stream of the real simulator: at least once, across reconnects, until confirmed."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from parties.errors import PartyError, PartyUnavailable
from tests.support.parties_world import World, next_message, open_world


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


async def answered(world: World) -> str:
    """A dossier whose answer lies in our mailbox."""
    dossier = world.new_dossier()
    await world.request(dossier, await world.line("DUNE"))
    await world.settled(dossier, "agreed")
    return dossier


async def test_what_is_not_confirmed_comes_again_after_a_reconnect(world: World) -> None:
    dossier = await answered(world)
    seen = []
    for _ in range(2):
        async with world.inbox() as inbox:
            seen.append(await next_message(inbox, dossier))
    assert seen[0] == seen[1]


async def test_what_is_confirmed_does_not_come_again(world: World) -> None:
    first, second = await answered(world), await answered(world)
    async with world.inbox() as inbox:
        message = await next_message(inbox, first)
        await world.house.confirm(message.message_id)
        await world.house.confirm(message.message_id)
    delivered = set()
    async with world.inbox() as inbox:
        async for later in inbox:
            delivered.add(later.dossier_id)
            if later.dossier_id == second:
                break
    assert first not in delivered


async def test_confirming_a_message_that_never_was_is_fine(world: World) -> None:
    await world.house.confirm(2**62)


async def test_messages_come_oldest_first(world: World) -> None:
    dossiers = [await answered(world) for _ in range(3)]
    async with world.inbox() as inbox:
        ids = [(await next_message(inbox, dossier)).message_id for dossier in dossiers]
    assert ids == sorted(ids)


async def test_opening_the_stream_is_a_sign_of_life(world: World) -> None:
    await answered(world)
    alive = []
    events = world.house.events(on_alive=lambda: alive.append(1))
    async with contextlib.aclosing(events) as inbox:
        await anext(inbox)
    assert len(alive) >= 2


@pytest.mark.parametrize("kind", ["500", "503", "429", "reset", "outage"])
async def test_a_stream_that_cannot_be_opened_is_unavailable(world: World, kind: str) -> None:
    await world.fault("clearing_house", kind, call="events")
    async with world.inbox() as inbox:
        with pytest.raises(PartyUnavailable):
            await anext(inbox)


async def test_an_outage_breaks_an_open_stream_and_loses_nothing(world: World) -> None:
    dossier = await answered(world)
    async with world.inbox() as inbox:
        first = await next_message(inbox, dossier)
        await world.fault("clearing_house", "outage")
        with pytest.raises(PartyUnavailable):
            await next_message(inbox, "none of ours")
    await world.clear_faults()
    async with world.inbox() as inbox:
        assert await next_message(inbox, dossier) == first


@pytest.mark.parametrize("kind", ["duplicate", "out_of_order"])
async def test_messages_delivered_twice_or_out_of_order_are_all_read(world: World, kind: str) -> None:
    await world.fault("clearing_house", kind)
    dossiers = {await answered(world) for _ in range(2)}
    async with world.inbox() as inbox:
        async for message in inbox:
            assert message.problem == ""
            dossiers.discard(str(message.dossier_id))
            if not dossiers:
                break


async def test_trouble_on_the_stream_names_nobody(world: World) -> None:
    await world.fault("clearing_house", "500", call="events")  # for whoever else still has a stream, too
    async with world.inbox() as inbox:
        with pytest.raises(PartyError) as caught:
            await anext(inbox)
    assert str(caught.value) == "clearing_house events: HTTP 500"
