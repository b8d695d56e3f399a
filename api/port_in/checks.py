"""What is checked of a port in before it is accepted: what the recipient can know by itself, all fields at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from api.http.problems import FieldError, refused_fields
from api.http.validation import partly_validated
from api.lines.number_codes import number_code
from api.orders.requested_dates import requested_day
from api.port_in.body import MandateBody, PortInBody, code_of
from domain.directory import Directory, Operator, UnknownOperator
from domain.identifiers import IdentifierError, parse_msisdn
from rules.france.calendar import Territory, territory_of
from rules.france.config import RulesConfig
from rules.france.dates import check_requested_date
from rules.france.mandate import MandateRefused, check_mandate
from rules.france.rio import Rio, RioError, check_rio, parse_rio

T = TypeVar("T")


@dataclass(frozen=True)
class CheckedPortIn:
    """A port in that may be accepted, as far as its own fields tell."""

    body: PortInBody
    msisdn: str
    rio: str
    donor: Operator
    territory: Territory
    requested_date: date | None


@dataclass(frozen=True)
class PortInChecks:
    """The checks, with what they depend on. `now` is legal time."""

    home: str
    directory: Directory
    rules: RulesConfig
    now: datetime
    errors: list[FieldError] = field(default_factory=list)

    def check(self, raw: Mapping[str, Any]) -> CheckedPortIn:
        """The order behind a body; raises the `Problem` that names every wrong field."""
        body, fields, wrong = partly_validated(PortInBody, raw, code_of)
        self.errors.extend(wrong)
        msisdn = self._field("msisdn", fields, parse_msisdn)
        territory = territory_of(msisdn) if msisdn else Territory.METROPOLE
        rio = self._field("rio", fields, parse_rio)
        donor = self._donor(rio) if rio else None
        if msisdn and rio and donor:
            self._key(rio, msisdn)
        if msisdn:
            self._territory(territory)
        requested_date = requested_day(
            fields.get("requested_date"),
            self.now,
            territory,
            lambda day: check_requested_date(self.now, day, self.rules, territory),
            self.errors,
        )
        self._mandate(fields.get("mandate"))
        if self.errors or not (body and msisdn and rio and donor):
            raise refused_fields(self.errors)
        return CheckedPortIn(body, msisdn, rio.text, donor, territory, requested_date)

    def _field(self, name: str, fields: Mapping[str, Any], parse: Callable[[str], T]) -> T | None:
        if name not in fields:
            return None
        try:
            return parse(fields[name])
        except IdentifierError as error:
            self._wrong(name, number_code(error), error.reason)
        except RioError as error:
            self._wrong(name, error.code, error.reason, error.suggestion)
        return None

    def _territory(self, territory: Territory) -> None:
        ours = self.directory.by_code(self.home).territory
        if territory is not ours:
            self._wrong(
                "msisdn",
                "number_other_territory",
                f"a number is portable only inside its territory: this one is of {territory}, we serve {ours}",
            )

    def _donor(self, rio: Rio) -> Operator | None:
        try:
            donor = self.directory.by_rio_code(rio.operator_code)
        except UnknownOperator as unknown:
            self._wrong("rio", "rio_invalid", str(unknown))
            return None
        if donor.code == self.home:
            self._wrong("rio", "same_operator", "this RIO is one of our own: the number is with us already")
            return None
        return donor

    def _key(self, rio: Rio, msisdn: str) -> None:
        try:
            check_rio(rio, msisdn)
        except RioError as error:
            self._wrong("rio", error.code, error.reason, error.suggestion)

    def _mandate(self, mandate: MandateBody | None) -> None:
        if mandate is None:
            return
        try:
            check_mandate(mandate.signed_at, self.now)
        except MandateRefused as refused:
            self._wrong("mandate.signed_at", refused.code, refused.reason)

    def _wrong(self, path: str, code: str, message: str, suggestion: str | None = None) -> None:
        self.errors.append(FieldError(path, code, message, suggestion))
