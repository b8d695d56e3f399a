"""A number moves from one SIM to another.

Two commands that cannot be one: the number comes off the old SIM, then goes on the new one; in between nobody carries
it. So everything that can be done before is done before, and the two leave together. What a crash has left is read
from the HLR: on the new SIM, it is finished; on nobody, it is set; on the old SIM, the move begins.
"""

import asyncio

from parties.hlr.change import Change
from parties.hlr.subscriber import Subscriber

ROUNDS = 3
"""Looks at who carries the number; the last one only looks."""


async def move(change: Change, msisdn: str, digits: str, old: str, new: str) -> Subscriber:
    """The new SIM as read back. `old` is '' when no SIM carried the number."""
    await _prepare(change, msisdn, old, new)
    for _ in range(ROUNDS):
        # Read anew in each round: nothing may be cleared that is not ours to clear.
        carrier = await change.carrier(msisdn)
        if carrier is None:
            await change.set_number(new, digits)
        elif carrier.imsi == new:
            await _delete_old(change, old)
            return carrier
        elif carrier.imsi == old:
            await _hand_over(change, digits, old, new)
        else:
            raise change.failed("the number has gone to a third SIM meanwhile")
    raise change.not_read_back()


async def _prepare(change: Change, msisdn: str, old: str, new: str) -> None:
    """The new SIM is there, in service but for the number. Refusals are raised here, before anything has changed.

    Once it carries the number it is left alone: services that are off then were barred after the move.
    """
    found, carrier = await asyncio.gather(change.sim(new), change.carrier(msisdn))
    if carrier is not None and carrier.imsi not in (old, new):
        raise change.refused("number_on_another_sim", "another SIM carries the number")
    if found is not None and found.msisdn == msisdn:
        return
    if found is not None and found.msisdn is not None:
        if carrier is None and old:  # the number may be off the old SIM by our own hand: too late to refuse
            raise change.failed("the new SIM carries another number")
        raise change.refused("sim_carries_another_number", "the SIM carries another number")
    await change.switch(found or await change.create(new), on=True)


async def _hand_over(change: Change, digits: str, old: str, new: str) -> None:
    """Both commands on their way before the first is answered: a crash of ours in between takes more than bad luck.
    The HLR takes them in their order; a second one that it refuses all the same is sent again in the next round.
    """
    outcomes = await asyncio.gather(change.clear_number(old), change.set_number(new, digits), return_exceptions=True)
    for outcome in reversed(outcomes):
        if isinstance(outcome, BaseException):
            raise outcome


async def _delete_old(change: Change, old: str) -> None:
    """The old SIM's record, barred or not; one that meanwhile carries another number is left alone."""
    left = await change.sim(old) if old else None
    if left is not None and left.msisdn is None:
        await change.delete(old)
