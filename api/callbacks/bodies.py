"""What parties tell, as far as an order needs it. The wire is theirs: what cannot be read is None, never an error."""

import re
from typing import Any, Self

from pydantic import Field, ValidationError

from domain.model import Instant, Model
from domain.sims import ProfileProgress, ProfileStage, ShipmentProgress, ShipmentStage

_POINTS = {
    4: ProfileStage.INSTALLED,
    5: ProfileStage.ENABLED,
    6: ProfileStage.DELETED,
}
"""Notification points of SGP.22; the earlier ones (eligibility, confirmation, download) are nothing that an order waits
for, and a signal costs its workflow a task.
"""

_ENDS = {"Failed": ProfileStage.ERROR, "Expired": ProfileStage.EXPIRED}
_PADDING = "F"
_REFERENCE = re.compile(r"(?P<order_id>sr-[0-9A-Z]{26})(:(?P<attempt>[1-9][0-9]{0,3}))?")


class _Reason(Model):
    subject: str = Field(default="", alias="subjectCode")
    reason: str = Field(default="", alias="reasonCode")


class _PointStatus(Model):
    status: str
    reason: _Reason | None = Field(default=None, alias="statusCodeData")


class DownloadProgress(Model):
    """ES2+.HandleDownloadProgressInfo (GSMA SGP.22, 5.3.5), its ICCID without padding."""

    iccid: str
    timestamp: Instant  # legal time
    point: int = Field(alias="notificationPointId")
    status: _PointStatus = Field(alias="notificationPointStatus")

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self | None:
        """The notification, None when it has not its shape."""
        try:
            read = cls.model_validate(raw)
        except ValidationError:
            return None
        return read.model_copy(update={"iccid": read.iccid.rstrip(_PADDING)})

    def progress(self, attempt: int) -> ProfileProgress | None:
        """What it says of the order's `attempt`-th profile; None for nothing that an order waits for. Of a failure only
        the codes are passed on: its text may name the profile.
        """
        stage = _ENDS.get(self.status.status) or _POINTS.get(self.point)
        if stage is None:
            return None
        codes = self.status.reason
        text = f"{codes.subject}/{codes.reason}" if codes else ""
        return ProfileProgress(attempt=attempt, stage=stage, at=self.timestamp, text=text)


class ShipmentTold(Model):
    """What logistics tells of a shipment, with the order and the attempt that its reference names."""

    reference: str
    state: ShipmentStage
    at: Instant  # legal time
    tracking: str = ""
    order_id: str = ""
    attempt: int = 1

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self | None:
        """The notification, None when it has not its shape or its reference is none of ours."""
        try:
            read = cls.model_validate({name: raw.get(name) for name in ("reference", "state", "at")})
        except ValidationError:
            return None
        named = _REFERENCE.fullmatch(read.reference)
        if named is None:
            return None
        tracking = raw.get("tracking")
        found = {"order_id": named["order_id"], "attempt": int(named["attempt"] or 1)}
        return read.model_copy(update={**found, "tracking": tracking if isinstance(tracking, str) else ""})

    def progress(self) -> ShipmentProgress | None:
        """What it says of the order's `attempt`-th card; None for nothing that an order waits for."""
        if self.state is ShipmentStage.SHIPPED:
            return None
        return ShipmentProgress(attempt=self.attempt, stage=self.state, at=self.at, tracking=self.tracking)
