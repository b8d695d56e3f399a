"""What is checked of the fields of a termination before another system is asked: all fields at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from api.http.fields import check_agent
from api.http.problems import FieldError, refused_fields
from api.http.validation import partly_validated
from api.lines.number_errors import number_code
from api.orders.requested_dates import requested_day
from api.termination.body import TerminationBody, code_of
from domain.identifiers import IdentifierError
from rules.regime import Regime


@dataclass(frozen=True)
class CheckedTermination:
    """A termination that may be accepted, as far as its own fields tell."""

    body: TerminationBody
    msisdn: str
    requested_date: date | None


@dataclass(frozen=True)
class TerminationChecks:
    """The checks, with what they depend on. `now` is legal time."""

    regime: Regime
    now: datetime
    errors: list[FieldError] = field(default_factory=list)

    def check(self, raw: Mapping[str, Any]) -> CheckedTermination:
        """The order behind a body; raises the `Problem` that names every wrong field."""
        body, fields, wrong = partly_validated(TerminationBody, raw, code_of)
        self.errors.extend(wrong)
        msisdn = self._msisdn(fields.get("msisdn"))
        day = requested_day(
            fields.get("requested_date"),
            self.now,
            self.regime,
            msisdn,
            lambda day, territory: self.regime.leaving.last_day(self.now, day, territory),
            self.errors,
        )
        check_agent(fields.get("authentication"), self.errors)
        if self.errors or body is None or msisdn is None:
            raise refused_fields(self.errors)
        return CheckedTermination(body, msisdn, day)

    def _msisdn(self, typed: str | None) -> str | None:
        if typed is None:
            return None
        try:
            return self.regime.numbers.parse(typed)
        except IdentifierError as error:
            self.errors.append(FieldError("msisdn", number_code(error), error.reason))
            return None
