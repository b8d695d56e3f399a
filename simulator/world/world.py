"""The world: one file, one clock, and everything that routes and parts act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from simulator.lock import Lock, Unusable
from simulator.settings import Settings
from simulator.store import Store
from simulator.world.build import build_world
from simulator.world.clock import LegalClock, RealClock, parse_iso
from simulator.world.effects import SCHEMA as EFFECTS_SCHEMA
from simulator.world.effects import Effects
from simulator.world.faults import Faults
from simulator.world.hlr import SCHEMA as HLR_SCHEMA
from simulator.world.hlr import Hlr
from simulator.world.numbers import Numbers
from simulator.world.operators import NETWORKS, OPERATORS, Operator
from simulator.world.outbox import Outbox
from simulator.world.subscribers import Subscribers

DEFAULT_SEED = 1
DEFAULT_SUBSCRIBERS = 10_000
DEFAULT_PACE = 1.0


class PaceMismatch(Unusable):
    """`RELAIS_PACE` names another pace than the existing world has."""


@dataclass(frozen=True)
class About:
    """What the present world was made with."""

    id: str
    seed: int
    subscribers: int
    pace: float


class World:
    """Opens the world's file and makes the first one if there is none."""

    def __init__(self, settings: Settings) -> None:
        """Raises PaceMismatch when the settings contradict the world, StateBusy when another process has it open."""
        self.settings = settings
        file = settings.world_file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(file.parent)
        _sweep(file)
        if not file.exists():
            fresh = file.with_suffix(".building")
            build_world(fresh, seed=DEFAULT_SEED, subscribers=DEFAULT_SUBSCRIBERS, pace=settings.pace or DEFAULT_PACE)
            fresh.rename(file)
        self.store = Store(file)
        self._check_pace()
        self.store.declare(EFFECTS_SCHEMA)
        self.clock = LegalClock(self.store, RealClock(not_before=self._last_stamp()))
        self.effects = Effects(self.store, self.clock)
        self.outbox = Outbox(self.store)
        self.faults = Faults(self.store)
        self.operators: Mapping[str, Operator] = OPERATORS
        self.numbers = Numbers(self.store)
        self.subscribers = Subscribers(self.store, self.clock, self.effects)
        self.store.declare(HLR_SCHEMA)
        self._hlrs = {network: Hlr(network, self.store, self.effects) for network in NETWORKS}

    def hlr(self, operator: str) -> Hlr:
        """The HLR that carries the operator's numbers: for a virtual operator its host's."""
        return self._hlrs[self.operators[operator].network_code]

    @property
    def about(self) -> About:
        """What the present world was made with."""
        row = self.store.execute("SELECT id, seed, subscribers, pace FROM world").fetchone()
        return About(**dict(row))

    def close(self) -> None:
        """Stop the clock and close the file."""
        self.clock.stop()
        self.store.close()
        self._lock.release()

    def _check_pace(self) -> None:
        pace = self.about.pace
        wanted = self.settings.pace
        if wanted is not None and wanted != pace:
            file = self.settings.world_file
            self.store.close()
            self._lock.release()
            raise PaceMismatch(
                f"RELAIS_PACE is {wanted:g}, but the world in {file} has pace {pace:g} for life. "
                "Unset RELAIS_PACE to go on with it. To make a new world, stop the service and delete "
                f'{file.parent}, or POST /admin/reset with {{"pace": {wanted:g}}} while it runs.'
            )

    def _last_stamp(self) -> datetime | None:
        row = self.store.execute("SELECT real_at FROM effects ORDER BY n DESC LIMIT 1").fetchone()
        return parse_iso(row["real_at"]) if row else None


def _sweep(file: Path) -> None:
    """Remove what a killed build left behind."""
    for leftover in file.parent.glob(f"{file.stem}*.building*"):
        leftover.unlink(missing_ok=True)
