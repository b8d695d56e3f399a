"""What the outside has sent to one order. A delivery is written into the journal's inbox; a signal without content
wakes the order, which reads its inbox. So a signal may be lost, doubled or forged without harm.
"""

from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.authentication import CodeVerdict
from domain.lines import LineNews
from domain.model import Model
from domain.port_in import DossierMessage
from domain.sims import ProfileProgress, ShipmentProgress

WAKE = "wake"
"""The signal that tells an order to read its inbox. It has no content."""


class DeliveryKind(StrEnum):
    """What a delivery holds."""

    DOSSIER_MESSAGE = "dossier_message"  # the clearing house, about the order's dossier
    PROFILE_PROGRESS = "profile_progress"  # the SM-DP+, about the order's eSIM profile
    SHIPMENT_PROGRESS = "shipment_progress"  # logistics, about the order's card
    CODE_CHECKED = "code_checked"  # the API, about a one-time code
    LINE_NEWS = "line_news"  # the journal, about the order's line


_CONTENTS: dict[DeliveryKind, type[Model]] = {
    DeliveryKind.DOSSIER_MESSAGE: DossierMessage,
    DeliveryKind.PROFILE_PROGRESS: ProfileProgress,
    DeliveryKind.SHIPMENT_PROGRESS: ShipmentProgress,
    DeliveryKind.CODE_CHECKED: CodeVerdict,
    DeliveryKind.LINE_NEWS: LineNews,
}


class Delivery(Model):
    """One delivery. `n` grows with each delivery of the order."""

    n: int
    kind: DeliveryKind
    content: dict[str, Any] = Field(default_factory=dict)

    def read(self) -> Model:
        """The content, as the model of its kind. Raises `ValidationError`."""
        return _CONTENTS[self.kind].model_validate(self.content)
