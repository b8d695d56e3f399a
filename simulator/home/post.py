"""The post at work: all shipments of a running world move on when their legal time has come.

Due instants are stored, so a restart catches up with what it slept through.
"""

from weakref import WeakKeyDictionary

from simulator.home import shipments
from simulator.world.rounds import Rounds
from simulator.world.world import World

_RUNNING: WeakKeyDictionary[World, Rounds] = WeakKeyDictionary()
BATCH = 500


def work(world: World) -> bool:
    """Make the changes that are due now, in one transaction; False when there was none."""
    overdue = shipments.overdue(world, BATCH)
    if overdue:
        with world.store.transaction():
            for row in overdue:
                shipments.advance(world, row)
    return bool(overdue)


def start(world: World) -> Rounds:
    """Let the post work in a world whose home systems are prepared and whose callbacks are running."""
    rounds = Rounds("post", lambda: work(world), lambda: _seconds_left(world))
    world.store.on_reset(rounds.wake)
    _RUNNING[world] = rounds
    return rounds


def wake(world: World) -> None:
    """There is a new shipment."""
    _RUNNING[world].wake()


def _seconds_left(world: World) -> float | None:
    due = shipments.next_due(world)
    return None if due is None else world.clock.real_seconds(due - world.clock.legal_now())
