"""The figures of the French rules that an operator may have to change, each with where its default comes from."""

from datetime import time, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.model import Model

NAME, CURRENCY = "fr", "EUR"


class RulesConfig(Model):
    """One edition of the rules. Times of day are local to the number's territory.

    Each figure names its source: "Arcep" is decision 2012-0576, chapter IV article 10; "ours" means that no public text
    was found and the default is a choice.
    """

    edition: str = "fr-2023-12-01"  # the day Arcep's decision of 6 December 2022 came into force

    # Arcep: the donor confirms at latest on the second working day, the port follows within one more.
    eligibility_working_days: int = Field(default=2, ge=1, le=30)
    port_working_days: int = Field(default=1, ge=0, le=30)

    # Ours: the donor's last day ends at `answer_time` and its desk is reminded; so many working days later, at
    # `hold_time`, a person takes over.
    answer_time: time = time(18, 0)
    hold_working_days: int = Field(default=1, ge=0, le=30)
    hold_time: time = time(12, 0)
    # Ours: what the donor's last silence leads to; never an implied yes.
    after_silence: Literal["hold", "cancel"] = "hold"

    # Ours: ports start in the morning. A day on which the donor's first possible instant leaves less than
    # `shortest_slot` is given up for the next one.
    slot_start: time = time(8, 0)
    slot_end: time = time(12, 0)
    shortest_slot: timedelta = timedelta(hours=1)

    # Ours: calendar days a customer may choose ahead.
    max_lead_days: int = Field(default=60, ge=1, le=366)

    # Ours: on the calendar day before the port, ahead of the night's broadcast to all operators.
    cancel_cutoff: time = time(18, 0)

    # Custom of the Dutch clearing house whose protocol we speak: calendar days.
    agreement_valid_days: int = Field(default=90, ge=1, le=366)

    # Ours: a mobile number has no place inside metropole, so the two local holidays do not count by default.
    alsace_moselle: bool = False

    @model_validator(mode="after")
    def _slot_has_room(self) -> Self:
        start = timedelta(hours=self.slot_start.hour, minutes=self.slot_start.minute, seconds=self.slot_start.second)
        end = timedelta(hours=self.slot_end.hour, minutes=self.slot_end.minute, seconds=self.slot_end.second)
        if not timedelta(0) < self.shortest_slot <= end - start:
            raise ValueError("the slot must end at least its shortest length after it starts")
        return self

    @property
    def ceiling_working_days(self) -> int:
        """Working days from acceptance to the last day on which a port is in time, unless the customer chose later."""
        return self.eligibility_working_days + self.port_working_days


DEFAULT_RULES = RulesConfig()
