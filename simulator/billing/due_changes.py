"""What billing does by itself: invoices, disputes and items change when their legal time has come.

Due instants are stored, so a restart makes up for the time in which the service was away.
"""

from simulator.billing import accounts, disputes, invoices
from simulator.billing.schema import next_due, overdue
from simulator.world.world import World

BATCH = 100
"""Changes of each kind in one transaction: nobody else is answered meanwhile."""
# Disputes first: a payment that is due later than a credit is less by it.
_CHANGES = {"disputes": disputes.advance, "last_invoices": invoices.advance, "billing_accounts": accounts.advance}


def work(world: World) -> bool:
    """Make the changes that are due now, in one transaction; False when there was none."""
    due = [(advance, row) for table, advance in _CHANGES.items() for row in overdue(world, table, BATCH)]
    if due:
        with world.store.transaction():
            for advance, row in due:
                advance(world, row)
    return bool(due)


def seconds_left(world: World) -> float | None:
    """Real seconds until the next change; None when nothing is to come."""
    due = next_due(world)
    return None if due is None else world.clock.seconds_until(due)
