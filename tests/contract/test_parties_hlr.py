"""A number moves between SIMs of the real simulated HLR, whatever happens on the way; its effect log is the witness."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.sims import SimForm
from parties.errors import OutcomeUnknown, PartyError, PartyUnavailable
from tests.support.parties_world import World, open_world


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


async def line_and_new_sim(world: World) -> tuple[str, str, str]:
    """A number of ours, the SIM that carries it, and a new one."""
    msisdn, reference = (await world.line("ALIZE")).msisdn, world.new_reference("sr")
    old = await world.hlr.carrier(msisdn)
    assert old is not None
    new = await world.logistics.reserve(
        reference=reference, form=SimForm.PHYSICAL, handed_over=False, key=f"{reference}:reserve"
    )
    return msisdn, old, new.imsi


@pytest.mark.parametrize("kind", ["reply_lost", "reset", "500", "malformed", "out_of_order", "duplicate"])
@pytest.mark.parametrize("call", ["create", "msisdn", "delete", "info"])
async def test_a_move_is_made_once_however_the_hlr_misbehaves(world: World, kind: str, call: str) -> None:
    msisdn, old, new = await line_and_new_sim(world)
    await world.fault("hlr", kind, call=call, count=1, delay_s=0.05)
    for _ in range(3):
        with contextlib.suppress(OutcomeUnknown, PartyUnavailable):  # never a refusal
            moved = await world.hlr.move(msisdn, old, new)
            break
    assert (moved.imsi, moved.msisdn, moved.in_service) == (new, msisdn, True)
    assert await world.hlr.info_by_imsi(old) is None
    effects = [effect["effect"] for effect in await world.effects_of(msisdn)]
    assert [name for name in effects if name.startswith("msisdn_")] == ["msisdn_cleared", "msisdn_set"]


async def test_a_bar_holds_through_a_lost_reply_and_ends_with_the_move(world: World) -> None:
    msisdn, old, new = await line_and_new_sim(world)
    await world.fault("hlr", "reply_lost", call="service", count=1)
    with pytest.raises(PartyError):
        await world.hlr.bar(msisdn)
    assert await world.hlr.bar(msisdn) == old
    barred = await world.hlr.info_by_msisdn(msisdn)
    assert barred is not None
    assert barred.silent
    assert (await world.hlr.move(msisdn, old, new)).in_service
