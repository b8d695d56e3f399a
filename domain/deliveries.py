"""What comes from outside for one order, in the order's inbox in the journal until the order has read it."""

from enum import StrEnum
from typing import Any

from domain.model import Model

WAKE = "wake"
"""The signal that tells an order to read its inbox; it has no content."""


class DeliveryKind(StrEnum):
    """What a delivery is about, and so which model its content is."""

    DOSSIER_MESSAGE = "dossier_message"  # of the clearing house: DossierMessage
    PROFILE_PROGRESS = "profile_progress"  # of the SM-DP+: ProfileProgress
    SHIPMENT_PROGRESS = "shipment_progress"  # of logistics: ShipmentProgress
    CODE_CHECKED = "code_checked"  # a one-time code was tried: CodeChecked
    LINE_NEWS = "line_news"  # another order changed the line: LineNews


class Delivery(Model):
    """One delivery. `n` grows within the order; `content` is the model of `kind` as JSON."""

    n: int
    kind: DeliveryKind
    content: dict[str, Any]
