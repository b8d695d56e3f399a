"""Services of the SIM that carries a number, on or off, while the number may be moving."""

import asyncio

from parties.hlr.change import Change
from parties.hlr.subscriber import Subscriber

SECOND_LOOK = 0.2
"""Real seconds until a number that no SIM carries is looked for once more: it may have been on its way to another."""

ROUNDS = 3
"""How often a number is followed to the SIM that it has moved to meanwhile."""


async def switch_carrier(change: Change, msisdn: str, *, on: bool) -> str:
    """The IMSI of the SIM that carries the number and now has its services on or off."""
    for _ in range(ROUNDS):
        found = await _carrier(change, msisdn)
        await change.switch(found, on=on)
        now = await change.carrier(msisdn)
        if now is not None and now.imsi == found.imsi and now.cs_enabled == now.ps_enabled == on:
            return now.imsi
    raise change.not_read_back()


async def _carrier(change: Change, msisdn: str) -> Subscriber:
    found = await change.carrier(msisdn)
    if found is None:
        await asyncio.sleep(SECOND_LOOK)
        found = await change.carrier(msisdn)
    if found is None:
        raise change.refused("number_inactive", "no SIM carries the number")
    return found
