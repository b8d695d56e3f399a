"""The base of every message and model.

Messages between workflows and activities ignore unknown fields, so that an older worker can read a newer message;
only the REST edge forbids them. Fields are added with defaults, never removed or retyped. Validation errors never
repeat the value they refuse (numbers and RIOs must not reach logs or error texts).
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable value with named fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A point in time with its zone, kept in UTC. Whether it is legal or real time is said by the field that holds it."""
