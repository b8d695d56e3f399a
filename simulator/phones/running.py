"""The phones of a running world: one task that fetches profiles, and lets time run out on those that nobody fetches."""

from weakref import WeakKeyDictionary

from simulator.phones import behaviours, downloads
from simulator.phones.behaviours import Behaviour, behaviour_of
from simulator.smdp import profiles, progress
from simulator.smdp import running_in as smdp_in
from simulator.smdp.profiles import Profile
from simulator.smdp.states import State
from simulator.world.clock import parse_iso
from simulator.world.rounds import Rounds
from simulator.world.world import World

_RUNNING: WeakKeyDictionary[World, "Running"] = WeakKeyDictionary()
BATCH = 500


class CodeUnknown(Exception):
    """No profile has the activation code."""


class CodeSpent(Exception):
    """Its profile cannot be fetched, or no longer."""


class Running:
    """In the customers' hands until `stop`."""

    def __init__(self, world: World) -> None:
        world.store.declare(behaviours.SCHEMA + downloads.SCHEMA)
        self._world = world
        self._rounds = Rounds("phones", self._work, self._next_due)
        world.store.on_reset(self._rounds.wake)
        smdp_in(world).on_release(self._on_release)

    def behave(self, msisdn: str, behaviour: Behaviour) -> None:
        """For profiles that are released, and cards that leave, from now on."""
        behaviours.put(self._world.store, msisdn, behaviour)

    def scan(self, msisdn: str, activation_code: str) -> None:
        """Fetch the profile of an activation code. Raises CodeUnknown, CodeSpent."""
        _, address, matching_id, *_ = activation_code.split("$")
        operator = next((code for code in self._world.operators if progress.address_of(code) == address), None)
        profile = operator and profiles.with_matching_id(self._world.store, operator, matching_id)
        if not profile:
            raise CodeUnknown
        if profile.state is not State.RELEASED:
            raise CodeSpent
        with self._world.store.transaction():
            downloads.on_scan(self._world.store, profile, behaviour_of(self._world, msisdn))
        self._rounds.wake()

    async def stop(self) -> None:
        """End the work between two transactions."""
        await self._rounds.stop()

    def _on_release(self, profile: Profile) -> None:
        downloads.on_release(self._world.store, profile, behaviour_of(self._world, profile.msisdn))
        self._rounds.wake()

    def _work(self) -> bool:
        due = self._next_due()
        if due is None or due > 0:
            return False
        with self._world.store.transaction():
            # In this order: who comes in time is not too late because the service was busy.
            return bool(downloads.work(self._world, BATCH) + progress.expire(self._world, BATCH))

    def _next_due(self) -> float | None:
        clock, expiry = self._world.clock, profiles.next_expiry(self._world.store)
        waits = [
            downloads.seconds_left(self._world.store),
            None if expiry is None else clock.real_seconds(parse_iso(expiry) - clock.legal_now()),
        ]
        return min((wait for wait in waits if wait is not None), default=None)


def start(world: World) -> Running:
    """Hand out the phones of a world whose SM-DP+ is open."""
    running = Running(world)
    _RUNNING[world] = running
    return running


def running_in(world: World) -> Running:
    """The phones that `start` has handed out. KeyError before that."""
    return _RUNNING[world]
