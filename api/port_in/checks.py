"""What is checked of a port in before it is accepted: what the recipient can know by itself, all fields at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from api.http.problems import FieldError, refused_fields
from api.http.validation import partly_validated
from api.lines.number_errors import number_code
from api.orders.requested_dates import requested_day
from api.port_in.body import MandateBody, PortInBody, code_of
from domain.authorisation import Authorisation, AuthorisationRefused
from domain.coded_error import CodedError
from domain.directory import Directory, Operator, UnknownOperator
from domain.identifiers import IdentifierError
from rules.regime import Regime

T = TypeVar("T")


@dataclass(frozen=True)
class CheckedPortIn:
    """A port in that may be accepted, as far as its own fields tell."""

    body: PortInBody
    msisdn: str
    authorisation: Authorisation
    donor: Operator
    requested_date: date | None


@dataclass(frozen=True)
class PortInChecks:
    """The checks, with what they depend on. `now` is legal time."""

    home: str
    directory: Directory
    regime: Regime
    now: datetime
    errors: list[FieldError] = field(default_factory=list)

    def check(self, raw: Mapping[str, Any]) -> CheckedPortIn:
        """The order behind a body; raises the `Problem` that names every wrong field."""
        body, fields, wrong = partly_validated(PortInBody, raw, code_of)
        self.errors.extend(wrong)
        msisdn = self._field("msisdn", fields, self.regime.numbers.parse)
        authorisation = self._field("rio", fields, self.regime.authorisation.read)
        donor = self._donor(authorisation) if authorisation else None
        if msisdn and authorisation and donor:
            self._key(authorisation, msisdn)
        if msisdn:
            self._territory(msisdn)
        requested_date = requested_day(
            fields.get("requested_date"),
            self.now,
            self.regime,
            msisdn,
            lambda day, territory: self.regime.port_in.check_date(day, self.now, territory),
            self.errors,
        )
        self._mandate(fields.get("mandate"))
        if self.errors or not (body and msisdn and authorisation and donor):
            raise refused_fields(self.errors)
        return CheckedPortIn(body, msisdn, authorisation, donor, requested_date)

    def _field(self, name: str, fields: Mapping[str, Any], parse: Callable[[str], T]) -> T | None:
        if name not in fields:
            return None
        try:
            return parse(fields[name])
        except IdentifierError as error:
            self._wrong(name, number_code(error), error.reason)
        except AuthorisationRefused as error:
            self._wrong(name, error.code, error.reason, error.suggestion)
        return None

    def _territory(self, msisdn: str) -> None:
        numbers = self.regime.numbers
        ours = self.directory.by_code(self.home).territory or numbers.main_territory
        if not numbers.may_move_to(msisdn, ours):
            self._wrong(
                "msisdn",
                "number_other_territory",
                f"a number is portable only inside its territory: this one is of {numbers.territory_of(msisdn)}, "
                f"we serve {ours}",
            )

    def _donor(self, authorisation: Authorisation) -> Operator | None:
        try:
            donor = self.regime.authorisation.donor_of(authorisation, self.directory)
        except UnknownOperator as unknown:
            self._wrong("rio", "rio_invalid", str(unknown))
            return None
        if donor is not None and donor.code == self.home:
            self._wrong("rio", "same_operator", "this RIO is one of our own: the number is with us already")
            return None
        return donor

    def _key(self, authorisation: Authorisation, msisdn: str) -> None:
        try:
            self.regime.authorisation.check(authorisation, msisdn)
        except AuthorisationRefused as error:
            self._wrong("rio", error.code, error.reason, error.suggestion)

    def _mandate(self, mandate: MandateBody | None) -> None:
        if mandate is None:
            return
        try:
            self.regime.port_in.check_mandate(mandate.signed_at, self.now)
        except CodedError as refused:
            self._wrong("mandate.signed_at", refused.code, refused.reason)

    def _wrong(self, path: str, code: str, message: str, suggestion: str | None = None) -> None:
        self.errors.append(FieldError(path, code, message, suggestion))
