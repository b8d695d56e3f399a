"""The clearing house of a running world: its parts put together, and its calls named for faults."""

from weakref import WeakKeyDictionary

from simulator.clearing_house.consumers import register
from simulator.clearing_house.faulty_stream import FAULT_CALL
from simulator.clearing_house.registry import Registry
from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import BASE, PARTY, REGISTRY, MessageType
from simulator.world.world import World

_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()

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


class Running:
    """What the routes and the robots of one world act on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.house = ClearingHouse(world.store, world.clock, world.effects, world.numbers, world.operators)
        self.registry = Registry(world.store, world.numbers, self.house)
        operators = [(operator.code, operator.consumer) for operator in world.operators.values()]
        self.consumers = register(world.settings.state_dir, operators)

    async def stop(self) -> None:
        """End all event streams."""
        self.house.mailboxes.close()


def start(world: World) -> Running:
    """Open the clearing house of a world; credentials are made where they are missing."""
    running = Running(world)
    for method, path, call in CALLS:
        world.faults.register_call(method, path, PARTY, call)
    world.faults.name_calls(PARTY, [FAULT_CALL])
    world.faults.on_change(running.house.mailboxes.wake_all)
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The clearing house that `start` has opened. KeyError before that."""
    return _RUNNING[world]
