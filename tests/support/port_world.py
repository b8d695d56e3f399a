"""The outside world of a port in: the clearing house's view of it beside home's own systems."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER, FakeClock, FakeWorld, down

__all__ = ["CARD", "NUMBER", "Dossier", "PortWorld", "down"]

CARD = FIRST_SIM


@dataclass
class Dossier:
    """The clearing house's view of one porting; `errors`: the code and text of each *errorfound*."""

    status: str = "requested"
    errors: list[tuple[str, str]] = field(default_factory=list)
    first_possible: datetime | None = None


class PortWorld(FakeWorld):
    """What a port in changes, and what it is told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.reference: str | None = "CIRUS"
        self.range_holder = "CIRUS"
        self.subscription = ""
        self.dossiers: dict[str, Dossier] = {}
        self.unacknowledged: list[str] = []  # operators that do not acknowledge the port
        self.performed_refusals: deque[tuple[str, str]] = deque()

    def snapshot(self) -> dict[str, Any]:
        """Everything that an undone order must leave as it was."""
        return {
            "reference": self.reference,
            "hlr": dict(self.hlr),
            "subscription": self.subscription in ("", "cancelled"),
            **self.sims.snapshot(),
            "open dossiers": [name for name, one in self.dossiers.items() if one.status in ("requested", "agreed")],
        }
