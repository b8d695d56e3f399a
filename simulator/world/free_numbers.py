"""Free numbers: those that an operator may give to a new line.

A number of an operator's own range that never left it and never had a contract is free from the start. Any other is
free once it was put into the operator's pool, after its quarantine.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.world.subscriber import ENDED
from simulator.world.world import World

PARTY = "care"


def in_use(world: World, operator: str, msisdn: str) -> bool:
    """Whether the operator's care has a contract for the number, or another operator serves it."""
    line = world.subscribers.get(msisdn, operator)
    if line is not None and line.state != ENDED:
        return True
    reference = world.numbers.reference(msisdn)
    return reference is None or reference.operator != operator


def is_free(world: World, operator: str, msisdn: str) -> bool:
    """Whether the operator may give the number to a new line."""
    reference = world.numbers.reference(msisdn)
    if reference is None or not reference.operator == reference.range_holder == operator:
        return False
    if world.numbers.pooled_by(msisdn) == operator:
        return world.subscribers.open_anywhere(msisdn) is None
    return not world.numbers.moved(msisdn) and not world.subscribers.known_anywhere(msisdn)


def put_into_pool(
    world: World,
    operator: str,
    msisdn: str,
    *,
    key: str | None = None,
    detail: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Put a number that is not in use into the operator's pool, inside the caller's transaction.

    Effect `number_pooled`, none for a number that is free already.
    """
    if is_free(world, operator, msisdn):
        return
    world.numbers.pool(msisdn, operator)
    world.effects.record(PARTY, "number_pooled", key=key, msisdn=msisdn, detail={"operator": operator, **detail})
