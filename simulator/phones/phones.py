"""The phones: one task that fetches released profiles, and lets those expire that nobody fetches in time."""

from simulator.phones import behaviours, downloads
from simulator.phones.behaviours import CustomerBehaviour, behaviour_of
from simulator.smdp import profiles, progress
from simulator.smdp.profiles import Profile
from simulator.smdp.states import ProfileState
from simulator.world.clock import parse_iso
from simulator.world.due_task import DueTask
from simulator.world.world import World

BATCH = 500


class CodeUnknown(Exception):
    """No profile has the activation code."""


class CodeUnusable(Exception):
    """The profile of the activation code cannot be fetched (any more)."""


class Phones:
    """All customers' phones, which act in `task`."""

    def __init__(self, world: World) -> None:
        world.store.declare(behaviours.SCHEMA + downloads.SCHEMA)
        self._world = world
        self.task = DueTask("phones", world.store, self._work, self._seconds_left)

    def behave(self, msisdn: str, behaviour: CustomerBehaviour) -> None:
        """Set a behaviour for profiles that are released, and cards that leave, from now on."""
        behaviours.put(self._world.store, msisdn, behaviour)

    def scan(self, msisdn: str, activation_code: str) -> None:
        """Fetch the profile of an activation code. Raises CodeUnknown, CodeUnusable."""
        _, address, matching_id, *_ = activation_code.split("$")
        operator = next((code for code in self._world.operators if progress.address_of(code) == address), None)
        profile = operator and profiles.with_matching_id(self._world.store, operator, matching_id)
        if not profile:
            raise CodeUnknown
        if profile.state is not ProfileState.RELEASED:
            raise CodeUnusable
        with self._world.store.transaction():
            downloads.on_scan(self._world.store, profile, behaviour_of(self._world, msisdn))
        self.task.wake()

    def on_release(self, profile: Profile) -> None:
        """Plan what the customer's phone does with a profile, inside the caller's transaction."""
        downloads.on_release(self._world.store, profile, behaviour_of(self._world, profile.msisdn))
        self.task.wake()

    def _work(self) -> bool:
        due = self._seconds_left()
        if due is None or due > 0:
            return False
        with self._world.store.transaction():
            # In this order: who comes in time is not too late because the service was busy.
            return bool(downloads.work(self._world, BATCH) + progress.expire(self._world, BATCH))

    def _seconds_left(self) -> float | None:
        expiry = profiles.next_expiry(self._world.store)
        waits = [
            downloads.seconds_left(self._world.store),
            None if expiry is None else self._world.clock.seconds_until(parse_iso(expiry)),
        ]
        return min((wait for wait in waits if wait is not None), default=None)
