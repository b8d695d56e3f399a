"""Callbacks that wait to be answered; they survive a restart."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from simulator.store import Store
from simulator.world.world import World

WAKERS: WeakKeyDictionary[World, Callable[[], None]] = WeakKeyDictionary()
"""How to say that something new waits, for worlds whose callbacks are running."""


@dataclass(frozen=True)
class Callback:
    """One callback. Those of one `subject` are told one after the other, in the order in which they were queued."""

    id: int
    operator: str
    party: str
    path: str
    event_id: str
    subject: str
    body: str


def queue(
    world: World,
    operator: str,
    party: str,
    path: str,
    event_id: str,
    body: Mapping[str, Any],
    *,
    subject: str | None = None,
) -> None:
    """Have `body` posted to the party's registered address plus `path`, inside the caller's transaction.

    The same `event_id` twice is one callback. Without a `subject` nothing waits for it and it waits for nothing. It
    stays until it is answered, also while no address is registered.
    """
    world.store.execute(
        "INSERT OR IGNORE INTO callback (operator, party, path, event_id, subject, body) VALUES (?, ?, ?, ?, ?, ?)",
        (operator, party, path, event_id, subject or event_id, json.dumps(body, separators=(",", ":"))),
    )
    wake = WAKERS.get(world)
    if wake is not None:
        wake()


def waiting(store: Store, after: int) -> list[Callback]:
    """Callbacks with ids above `after`, oldest first."""
    return [Callback(**dict(row)) for row in store.execute("SELECT * FROM callback WHERE id > ? ORDER BY id", (after,))]


def settle(store: Store, callback: Callback) -> None:
    """It was answered, or there is no use in going on."""
    store.execute("DELETE FROM callback WHERE id = ?", (callback.id,))
