"""What a fault does to a callback on its way. Kinds that are not here concern requests only."""

from simulator.world.faults import Fault, Faults

CALLS = {"smdp": "progress", "logistics": "shipment"}
"""The `call` by which a fault can be aimed at a party's callbacks alone."""
OUT_OF_ORDER = frozenset({"out_of_order"})
_OF_ONE_TRY = frozenset({"latency", "duplicate", "reply_lost"})


def held_back(faults: Faults, party: str) -> Fault | None:
    """The fault, if any, that lets the next callback of the subject overtake this one."""
    return faults.take(party, CALLS[party], kinds=OUT_OF_ORDER)


def of_one_try(faults: Faults, party: str) -> Fault | None:
    """The fault, if any, that strikes one try."""
    return faults.take(party, CALLS[party], kinds=_OF_ONE_TRY)


def out(faults: Faults, party: str) -> bool:
    """Whether an outage keeps the party from sending callbacks."""
    return any(f.kind == "outage" and f.party == party and f.call in (None, CALLS[party]) for f in faults.items())
