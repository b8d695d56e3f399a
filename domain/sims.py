"""SIMs: a card or a profile in a phone, and how far each has come on its way to the customer."""

from enum import StrEnum

from domain.model import Instant, Model


class SimForm(StrEnum):
    PHYSICAL = "physical"
    ESIM = "esim"


class SimCard(Model):
    """A SIM of either form. ICCID and IMSI are personal: encrypted wherever they rest."""

    iccid: str
    imsi: str


class ProfileStage(StrEnum):
    """How far an eSIM profile has come on the customer's phone (GSMA SGP.22, ES2+.HandleDownloadProgressInfo)."""

    DOWNLOADED = "downloaded"
    INSTALLED = "installed"
    ENABLED = "enabled"
    DELETED = "deleted"
    ERROR = "error"
    EXPIRED = "expired"  # nobody fetched it in time


class ProfileProgress(Model):
    """What the SM-DP+ tells of the profile of an order's `attempt`-th eSIM. `at` is legal time."""

    attempt: int
    stage: ProfileStage
    at: Instant
    text: str = ""


class ShipmentStage(StrEnum):
    """How far a card has come by post. `inserted`: the card was seen in a phone for the first time."""

    PREPARING = "preparing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    INSERTED = "inserted"
    LOST = "lost"
    RETURNED = "returned"


class ShipmentProgress(Model):
    """What logistics tells of the shipment of an order's `attempt`-th card. `at` is legal time."""

    attempt: int
    stage: ShipmentStage
    at: Instant
    tracking: str = ""
