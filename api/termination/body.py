"""The body of a termination, as it comes in."""

from pydantic import Field

from api.http.fields import AuthenticationBody, ShortText, authentication_code
from api.http.validation import RequestBody


class TerminationBody(RequestBody):
    """The end of a contract of ours."""

    msisdn: ShortText = Field(description="the number: E.164, or national digits with plain spaces, dots or hyphens")
    requested_date: ShortText | None = Field(
        default=None,
        description="the last day on which the line works, local to the number: ISO, or `+30d` from today; default: "
        "the first that the notice allows",
    )
    authentication: AuthenticationBody


_CODES = {"msisdn": "number_invalid", "requested_date": "date_malformed"}


def code_of(path: str, error_type: str) -> str | None:
    """The code of a wrong field of this body; None: the general one."""
    if error_type == "missing":
        return None
    return _CODES.get(path) or authentication_code(path, error_type)
