"""What the post does by itself: shipments change when their legal time has come.

Due instants are stored, so a restart makes up for the time in which the service was away.
"""

from simulator.home import shipments
from simulator.world.world import World

BATCH = 500


def work(world: World) -> bool:
    """Make the changes that are due now, in one transaction; False when there was none."""
    overdue = shipments.overdue(world, BATCH)
    if overdue:
        with world.store.transaction():
            for row in overdue:
                shipments.advance(world, row)
    return bool(overdue)


def seconds_left(world: World) -> float | None:
    """Real seconds until the next change; None when nothing is on its way."""
    due = shipments.next_due(world)
    return None if due is None else world.clock.seconds_until(due)
