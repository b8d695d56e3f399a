"""Fields that several bodies have."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.http.problems import FieldError
from api.http.validation import ActorName, RequestBody
from domain.authentication import Authentication, AuthenticationMethod

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


def _instant(value: Any) -> datetime:
    # pydantic would also take seconds since 1970 and days without a time. Out of these years no instant can be shown
    # in every zone.
    try:
        if isinstance(value, str) and _RFC3339.fullmatch(value):
            instant = datetime.fromisoformat(value.upper())
            if _FIRST_YEAR <= instant.year <= _LAST_YEAR:
                return instant
    except ValueError:
        pass
    raise PydanticCustomError("instant_invalid", "an instant is written 2026-05-13T09:30:00+02:00, zone included")


TypedInstant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An RFC 3339 instant with its zone."""

ShortText = Annotated[str, StringConstraints(max_length=64)]


class AuthenticationBody(RequestBody):
    """How the person who asks has shown who he is."""

    method: AuthenticationMethod = Field(
        description="`in_shop`: an agent has seen a proof of identity; `portal`: logged in; "
        "`one_time_code`: we send one"
    )
    agent: ActorName | None = Field(default=None, description="who has seen the proof; required in a shop")

    def as_accepted(self) -> Authentication:
        """As the order keeps it."""
        return Authentication(method=self.method, agent=self.agent)


def authentication_code(path: str, error_type: str) -> str | None:
    """The code of a wrong field of `authentication`; None: the general one, or another field."""
    if error_type == "missing" and path != "authentication.agent":
        return None
    return "authentication_invalid" if path.partition(".")[0] == "authentication" else None


def check_agent(given: AuthenticationBody | None, errors: list[FieldError]) -> None:
    """In a shop somebody has looked at the proof of identity."""
    if given is not None and given.method is AuthenticationMethod.IN_SHOP and given.agent is None:
        errors.append(FieldError("authentication.agent", "agent_missing", "in a shop, name who has seen the proof"))
