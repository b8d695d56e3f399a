"""The systems that an order depends on, beside Temporal and our own journal."""

from enum import StrEnum


class Party(StrEnum):
    """One system that calls go to. Its value names it in addresses, faults and gates; `label` is what people read."""

    CLEARING_HOUSE = "clearing_house"
    HLR = "hlr"
    SMDP = "smdp"
    CARE = "care"  # customer care and billing: one system
    LOGISTICS = "logistics"
    EQUIPMENT = "equipment"
    NOTIFICATIONS = "notifications"

    @property
    def label(self) -> str:
        return _LABELS.get(self, self.value)


_LABELS = {
    Party.CLEARING_HOUSE: "clearing house",
    Party.HLR: "HLR",
    Party.SMDP: "SM-DP+",
    Party.EQUIPMENT: "equipment register",
}
