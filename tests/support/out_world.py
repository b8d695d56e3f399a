"""The outside world of a port out: the line as for the end of its contract, the clearing house, and the part of the
journal that several numbers of one dossier share.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.port_out import DossierDecision
from domain.termination import Quarantine
from parties.clearing_house.envelopes import NumberAnswer
from rules.france.rio import Rio
from tests.support.end_world import EndWorld
from tests.support.fake_world import NUMBER, FakeClock

DOSSIER = "BOREA-1001"
RIO = Rio.of("A1", "P", "K7M9Q2", NUMBER).text


@dataclass
class FakeDossier:
    """One dossier at the clearing house. `sent`: type and key of what we have sent, each key once; `answers` and
    `announced` are what was in it.
    """

    status: str = "requested"
    actual: datetime | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    answers: list[NumberAnswer] = field(default_factory=list)
    announced: list[tuple[datetime, str]] = field(default_factory=list)
    words: dict[str, DossierDecision] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def takes(self, what: str, key: str) -> bool:
        """Whether this message is the first with its key."""
        if (what, key) in self.sent:
            return False
        self.sent.append((what, key))
        return True

    @property
    def blocked(self) -> list[str | None]:
        """The block code of each number of our answer; None: agreed."""
        return [answer.blocking_code for answer in self.answers]


class OutWorld(EndWorld):
    """`served_by` as the registry says; `dossiers`, shared by the orders of one dossier; `quarantine` of the number;
    `older` orders and dossiers that ask for it too; `line_holder`: the kind of the order that holds it.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.served_by = "ALIZE"
        self.dossiers = {DOSSIER: FakeDossier()}
        self.quarantine: Quarantine | None = None
        self.older: list[tuple[str, str]] = []
        self.line_holder = ""
        self.known_when_answered: dict[str, Any] = {}
        self.know(rio=RIO)

    @property
    def dossier(self) -> FakeDossier:
        return self.dossiers[DOSSIER]

    # What a test asks about afterwards.

    @property
    def gone(self) -> list[bool]:
        """Of each entry that let go of the line, whether it said that the line is gone."""
        return [entry.contract_ended for entry in self.recorder.entries if entry.release_line]

    @property
    def lent(self) -> bool:
        """Whether the order has lent the line."""
        return any(entry.preemptible for entry in self.recorder.entries)

    @property
    def effects_on_the_line(self) -> list[str]:
        """What was done to the line, its contract and its money."""
        return [name for name in self.done if name not in ("notice_sent", "code_sent", "answered", "announced")]
