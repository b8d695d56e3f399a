"""A transition: what changes about an order, and what is told about it."""

from datetime import date
from typing import Any

from pydantic import ConfigDict, Field

from domain.lines import LineChange
from domain.model import Instant, Model
from domain.orders import CustomerMessage, OrderState, OrderStatus, WaitingFor
from domain.refusals import Refusal
from domain.stages import Stage
from domain.termination import FollowUp, Quarantine
from domain.timeline import TimelineCode, TimelineEvent

_OF_THE_STATUS = frozenset({"state", "late", "due", "refusal", "outcome", "point_of_no_return", "waiting_for"})


class Transition(Model):
    """One transition of an order, written to the journal in one transaction.

    A field that is not named leaves the order as it is. `waiting_for` is the exception: a wait ends with each
    transition that does not name it. Unknown fields are refused.
    """

    model_config = ConfigDict(extra="forbid")

    code: TimelineCode
    what: str  # the sentence that people read; no personal data
    by: str = "relais"
    reason: str = ""
    day: date | None = None  # goes with the code: a calendar day of the number's territory
    detail: dict[str, Any] = Field(default_factory=dict)  # may hold personal data
    after: tuple[TimelineEvent, ...] = ()  # timeline items that come before this one, in the same transaction

    stage: Stage | None = None
    state: OrderState | None = None
    waiting_for: WaitingFor | None = None
    attention: str | None = None  # what a person has to do; "" ends it
    late: bool = False  # once late, an order stays late
    due: Instant | None = None  # legal time
    refusal: Refusal | None = None
    outcome: dict[str, Any] | None = None
    point_of_no_return: bool = False  # once passed, it stays passed

    messages: list[CustomerMessage] = Field(default_factory=list)
    release_line: bool = False  # the order lets go of the line
    preemptible: bool | None = None  # the order only waits: others may have the line meanwhile; False: no longer
    contract_ended: bool = False  # the contract on the line is no more
    line_changes: list[LineChange] = Field(default_factory=list)
    quarantine: Quarantine | None = None
    follow_ups: list[FollowUp] = Field(default_factory=list)

    listed: bool = True  # False saves the list's event for a stage that lasts milliseconds

    def applied_to(self, status: OrderStatus) -> OrderStatus:
        """The status after the transition."""
        changed: dict[str, Any] = {name: getattr(self, name) for name in _OF_THE_STATUS & self.model_fields_set}
        changed["waiting_for"] = self.waiting_for
        if self.state is None:
            changed.pop("state", None)
        if self.stage is not None:
            changed["stage"] = self.stage.value
        if self.attention is not None:
            changed |= {"attention": self.attention, "needs_attention": bool(self.attention)}
        return status.model_copy(update=changed)

    @property
    def event(self) -> TimelineEvent:
        """The timeline item that tells it."""
        return TimelineEvent(
            code=self.code, what=self.what, by=self.by, reason=self.reason, day=self.day, detail=self.detail
        )
