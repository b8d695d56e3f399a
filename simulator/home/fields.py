"""Fields of the home systems' messages."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

Msisdn = Annotated[str, StringConstraints(pattern=r"^\+33[67][0-9]{8}$")]
"""E.164, French mobile."""
Iccid = Annotated[str, StringConstraints(pattern=r"^89[0-9]{17,18}$")]
Imsi = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""The caller's own name for the thing, by which it is looked up and undone."""
Instant = AwareDatetime
ContractId = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,2})?$"),
    AfterValidator(lambda text: f"{Decimal(text):.2f}"),
]
"""Euros, tax included, as decimal text; kept with two decimals."""


class RequestBody(BaseModel):
    """A request's body. Unknown fields are refused: a misspelt one must not be lost."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Empty(RequestBody):
    """`{}`."""
