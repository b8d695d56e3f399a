"""The clearing house's calls, as faults name them."""

from simulator.clearing_house.faulty_stream import FAULT_CALL
from simulator.clearing_house.vocabulary import BASE, PARTY, REGISTRY, MessageType
from simulator.world.faults import Faults

CALLS = (
    *(
        ("POST", f"{BASE}/{message_type}", message_type.value)
        for message_type in MessageType
        if message_type is not MessageType.ERROR_FOUND
    ),
    ("PUT", f"{BASE}/confirmations/[^/]+", "confirmation"),
    ("GET", f"{BASE}/events", "events"),
    ("GET", f"{REGISTRY}/numbers/[^/]+", "registry_number"),
    ("GET", f"{REGISTRY}/dossiers/[^/]+", "registry_dossier"),
)
"""Method, path and the name by which a fault can be aimed at the call."""


def register(faults: Faults) -> None:
    """Once per opened world."""
    for method, path, call in CALLS:
        faults.register_call(method, path, PARTY, call)
    faults.name_calls(PARTY, [FAULT_CALL])
