"""The SM-DP+ of a running world: its functions, and who is told of a release."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from simulator.smdp.functions import Functions
from simulator.smdp.profiles import SCHEMA, Profile
from simulator.smdp.progress import PARTY
from simulator.world.world import World

_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()
FUNCTIONS = ("downloadOrder", "confirmOrder", "releaseProfile", "cancelOrder")
_ROUTE = "/home/(?P<operator>[A-Z]+)/smdp/gsma/rsp2/es2plus/"


class Running:
    """What the routes act on."""

    def __init__(self, world: World) -> None:
        world.store.declare(SCHEMA)
        for name in FUNCTIONS:
            world.faults.register_call("POST", _ROUTE + name, PARTY, name)
        self._listeners: list[Callable[[Profile], None]] = []
        self.functions = Functions(world, self._tell)

    def on_release(self, listener: Callable[[Profile], None]) -> None:
        """Call back, inside the transaction, whenever a profile can be downloaded from now on."""
        self._listeners.append(listener)

    async def stop(self) -> None:
        """Nothing runs by itself here."""

    def _tell(self, profile: Profile) -> None:
        for listener in self._listeners:
            listener(profile)


def start(world: World) -> Running:
    """Open the SM-DP+ of a world whose callbacks are running."""
    running = Running(world)
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The SM-DP+ that `start` has opened. KeyError before that."""
    return _RUNNING[world]
