"""What shows a donor that the holder wants the number to go: a code, or nothing where a country asks for none."""

from pydantic import Field

from domain.coded_error import CodedError
from domain.model import Model

NONE = "none"


class Authorisation(Model):
    """Sealed: only the national rules read its value, and printing it shows none of it."""

    kind: str = NONE  # the rules' own name of it
    value: str = Field(default="", repr=False)  # as it goes on the wire


class AuthorisationRefused(CodedError):
    """An authorisation that cannot be used. `reason` never repeats it; `suggestion`, where there is one, is what was
    probably meant.
    """

    def __init__(self, code: str, reason: str, suggestion: str | None = None) -> None:
        super().__init__(code, reason)
        self.suggestion = suggestion
