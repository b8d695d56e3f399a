"""The API's answers as far as the command line shows them; what it does not know it leaves alone."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from domain.contracts import LeavingCost
from domain.model import Model
from domain.orders import FINAL_STATES, OrderState

HOME_ZONE = "Europe/Paris"


class Waiting(Model):
    party: str = ""
    what: str = ""
    until: AwareDatetime | None = None  # legal time
    then: str = ""


class Happening(Model):
    at: AwareDatetime  # legal time
    what: str
    by: str = ""
    reason: str = ""


class RefusalAnswer(Model):
    code: str = ""
    raw_code: str | None = None
    raw_text: str | None = None
    fix_by: str | None = None
    retry: str | None = None


class OrderAnswer(Model):
    """One order as `GET /v1/orders/{order_id}` tells it."""

    order_id: str
    kind: str = ""
    state: str = ""
    stage: str = ""
    waiting_for: Waiting | None = None
    needs_attention: bool = False
    attention: str = ""
    point_of_no_return: bool = False
    refusal: RefusalAnswer | None = None
    outcome: dict[str, Any] | None = None
    due: AwareDatetime | None = None  # legal time
    late: bool = False  # the promise was not kept
    links: dict[str, str] = Field(default_factory=dict)
    timeline: list[Happening] = Field(default_factory=list)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def is_done(self) -> bool:
        return self.state == OrderState.COMPLETED


class ClockAnswer(Model):
    """Legal and real now, and how fast legal time runs."""

    legal: AwareDatetime
    pace: float = 1.0
    zone: str = HOME_ZONE


class FateAnswer(Model):
    """What becomes of a number whose contract ends (legal instants)."""

    portable_until: AwareDatetime
    reassignable_from: AwareDatetime
    then: str = ""


class Leaving(Model):
    """What a termination would cost and bring about, as the answer to a dry run tells it."""

    last_day: date
    effective_at: AwareDatetime  # legal time
    cost: LeavingCost | None = None  # while customer care is away
    number: FateAnswer
    code: str | None = None  # where the one-time code would go
    notes: list[str] = Field(default_factory=list)


class QuarantineAnswer(Model):
    """A number whose contract has ended (legal instants)."""

    since: AwareDatetime
    portable_until: AwareDatetime
    reassignable_from: AwareDatetime
    ended_by: str = ""


class DeadLetterAnswer(Model):
    """A message of the clearing house that no order could take."""

    message_id: int
    type: str = ""
    dossier_id: str = ""
    reason: str = ""
    received_at_real: AwareDatetime | None = None
