"""SIMs as logistics, the SM-DP+ and the post know them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.sims import ShipmentStage, SimCard

FIRST_SIM = SimCard(iccid="8933990000000000017", imsi="208990000000017")


def nth_sim(number: int) -> SimCard:
    """The SIM that is taken from stock as the `number`-th, from 1."""
    return SimCard(iccid=f"89339900000000000{number}7", imsi=f"20899000000000{number}7") if number > 1 else FIRST_SIM


@dataclass
class Sims:
    """`reserved` by reference; `profiles`: ICCID → ordered, on a phone, available again or spoiled; `attempts`:
    which of them the order's n-th is; `shipments` by reference, as logistics would tell if it were asked.
    """

    reserved: dict[str, SimCard] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)
    attempts: dict[int, str] = field(default_factory=dict)
    shipments: dict[str, tuple[ShipmentStage, datetime]] = field(default_factory=dict)
    taken: int = 0

    def take(self, reference: str, iccid: str | None) -> None:
        """A SIM for whoever the reference names: the shop's card, else the next from stock."""
        self.taken += 1
        sim = nth_sim(self.taken)
        self.reserved[reference] = SimCard(iccid=iccid, imsi=sim.imsi) if iccid else sim

    def on_a_phone(self, attempt: int) -> None:
        """A phone has fetched the order's `attempt`-th profile, if there was one."""
        if attempt in self.attempts:
            self.profiles[self.attempts[attempt]] = "on a phone"

    def snapshot(self) -> dict[str, Any]:
        """What an undone order must leave as it was; a SIM that is spoiled is nobody's."""
        return {
            "reserved": [name for name, sim in self.reserved.items() if sim.iccid not in self.retired],
            "profiles": [iccid for iccid, state in self.profiles.items() if state == "ordered"],
        }
