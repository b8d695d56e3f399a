"""The outside world of a SIM replacement and of a line service: the line as customer care, the HLR, the equipment
register and the journal know it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.lines import LineChange, LineFacts, LineTaken
from domain.orders import JournalEntry
from domain.port_in import Holder, HolderKind
from domain.sims import SimCard
from parties.care import Contract, Line, LineContact
from parties.equipment import Handset
from tests.support.fake_world import FakeClock, FakeRecorder, FakeWorld

OLD_SIM = SimCard(iccid="8933990000000000900", imsi="208990000000900")
EMAIL = "camille@example.org"
IMEI = "490154203237518"


class LineRecorder(FakeRecorder):
    """A journal that also knows what an order changes about its line."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.facts = LineFacts()
        self.changes: list[LineChange] = []

    async def record(self, entry: JournalEntry | None, *, due: datetime | None = None) -> None:
        before = len(self.entries)
        await super().record(entry, due=due)
        if entry is None or len(self.entries) == before:
            return
        now = await self._clock.now()
        for change in entry.line_changes:
            self.changes.append(change)
            self.facts = self.facts.model_copy(update=_changed(change, now, entry.order_id, self.facts))


def _changed(change: LineChange, now: datetime, order_id: str, facts: LineFacts) -> dict[str, Any]:
    match change:
        case LineChange.BARRED if facts.barred_since is None:
            return {"barred_since": now, "barred_by": order_id}
        case LineChange.UNBARRED:
            return {"barred_since": None, "barred_by": None}
        case LineChange.UNLOCKED:
            return {"locked_since": None, "locked_by": None, "unlocks_at": None}
        case LineChange.SWAPPED:
            return {"swapped_at": now, "swapped_by": order_id, "barred_since": None, "barred_by": None}
    return {}


class SimWorld(FakeWorld):
    """The number is on the old SIM. `barred`: IMSIs that are out of service; `fees` by order; `blocked` handsets;
    `held_by`: the other order that has the line.
    """

    recorder: LineRecorder

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.recorder = LineRecorder(clock)
        self.hlr = {OLD_SIM.imsi: self.number}
        self.barred: set[str] = set()
        self.fees: dict[str, str] = {}
        self.blocked: dict[str, str] = {}
        self.held_by: LineTaken | None = None
        self.handset = Handset(imei=IMEI, esim=True, blocked=False)
        self.line: Line | None = Line(
            msisdn=self.number,
            state="active",
            holder=Holder(kind=HolderKind.CONSUMER, name="Camille Martin"),
            iccid=OLD_SIM.iccid,
            imsi=OLD_SIM.imsi,
            rio="A1P7K9M2Q000",
            contract=Contract(id="K-9", signed_on=date(2020, 3, 1), monthly_price=Decimal("19.99")),
            contact=LineContact(email=EMAIL),
        )

    # What a test arranges.

    def know(self, **fields: Any) -> None:
        """Customer care knows the line otherwise than usual."""
        assert self.line is not None
        self.line = self.line.model_copy(update=fields)

    def know_contact(self, **fields: Any) -> None:
        assert self.line is not None
        self.know(contact=self.line.contact.model_copy(update=fields))

    def note_of_line(self, **fields: Any) -> None:
        """The journal knows more of the line."""
        self.recorder.facts = self.recorder.facts.model_copy(update=fields)

    def line_goes_to(self, order_id: str, kind: str) -> None:
        """Another order has the line from now on."""
        self.held_by = LineTaken(taken=False, by=order_id, kind=kind)

    # What the fake activities ask for.

    @property
    def carrier(self) -> str | None:
        """The IMSI that carries the number."""
        return next((imsi for imsi, number in self.hlr.items() if number == self.number), None)

    # What a test asks about afterwards.

    @property
    def told_by(self) -> list[tuple[str, str]]:
        """Kind and channel of the messages owed to the customer, in order."""
        return [(message.kind.partition(".")[2], message.channel) for message in self.recorder.messages]

    def snapshot(self) -> dict[str, Any]:
        """Everything that an undone order must leave as it was."""
        return {
            "hlr": dict(self.hlr),
            "barred": set(self.barred),
            "sim in care": self.line and self.line.imsi,
            "fees": dict(self.fees),
            "blocked": dict(self.blocked),
            **self.sims.snapshot(),
        }
