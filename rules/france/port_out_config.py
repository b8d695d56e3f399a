"""The figures of ports out that an operator may have to change, each with where its default comes from."""

from datetime import time, timedelta
from typing import Self

from pydantic import Field, model_validator

from domain.model import Model


class PortOutConfig(Model):
    """One edition of the rules of a donor. "Ours" means that no public text was found and the default is a choice; all
    spans are legal time.
    """

    edition: str = "fr-donor-2023-12-01"

    # Arcep, decision 2012-0576, chapter IV article 10: the donor's answer is due at latest on the second working day.
    answer_working_days: int = Field(default=2, ge=1, le=30)
    answer_time: time = time(18, 0)
    # Ours: so long before that a person is warned.
    warn_before: timedelta = timedelta(hours=4)
    # Ours: what is announced for an answer whose reason to wait has no end of its own.
    delay_working_days: int = Field(default=2, ge=1, le=30)

    # Ours: a person looks where the holder's contact was changed so short a time ago.
    review_contact_changed_within: timedelta = timedelta(days=7)

    # Ours: slots begin at these local hours of a working day; so many ports out may begin in each, and on each day.
    slot_hours: tuple[int, ...] = (8, 9, 10, 11)
    capacity_per_slot: int = Field(default=10_000, ge=1)
    capacity_per_day: int = Field(default=40_000, ge=1)
    # Ours: so many working days are looked through for a free slot.
    most_days_ahead: int = Field(default=60, ge=1, le=366)

    # Custom of the Dutch clearing house whose protocol we speak: calendar days.
    agreement_valid_days: int = Field(default=90, ge=1, le=366)

    @model_validator(mode="after")
    def _slots_are_hours_of_a_day(self) -> Self:
        if not self.slot_hours or any(not 0 <= hour <= 23 for hour in self.slot_hours):
            raise ValueError("a slot begins at an hour of the day, 0 to 23, and there is at least one")
        return self


DEFAULT_PORT_OUT = PortOutConfig()
