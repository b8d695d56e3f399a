"""Billing at work: invoices, disputes and items of a running world move on when their legal time has come.

Due instants are stored, so a restart catches up with what it slept through.
"""

from weakref import WeakKeyDictionary

from simulator.billing import accounts, disputes, invoices
from simulator.billing.schema import next_due, overdue
from simulator.world.rounds import Rounds
from simulator.world.world import World

_RUNNING: WeakKeyDictionary[World, Rounds] = WeakKeyDictionary()
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


def start(world: World) -> Rounds:
    """Let billing work in a world whose home systems are prepared."""
    rounds = Rounds("billing", lambda: work(world), lambda: _seconds_left(world))
    world.store.on_reset(rounds.wake)
    _RUNNING[world] = rounds
    return rounds


def wake(world: World) -> None:
    """Something new may be due."""
    _RUNNING[world].wake()


def _seconds_left(world: World) -> float | None:
    due = next_due(world)
    return None if due is None else world.clock.real_seconds(due - world.clock.legal_now())
