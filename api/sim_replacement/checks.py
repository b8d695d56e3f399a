"""What is checked of the fields of a SIM replacement before another system is asked: all fields at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.http.fields import AuthenticationBody, check_agent
from api.http.problems import FieldError, refused_fields
from api.http.validation import partly_validated
from api.lines.number_errors import number_code
from api.sim_replacement.body import DeclarationBody, SimReplacementBody, code_of
from domain.authentication import AuthenticationMethod
from domain.identifiers import IdentifierError, parse_eid, parse_iccid, parse_imei
from domain.sim_replacement import ReplacementReason
from domain.sims import SimForm
from rules.regime import Regime

_PRINTED_IN_GROUPS = str.maketrans("", "", " -")


@dataclass(frozen=True)
class CheckedReplacement:
    """A SIM replacement that may be accepted, as far as its own fields tell."""

    body: SimReplacementBody
    msisdn: str
    imei: str | None
    eid: str | None
    iccid: str | None

    @property
    def stolen_handset(self) -> str | None:
        """The IMEI of a handset that is to be blocked."""
        return self.imei if self.body.reason is ReplacementReason.STOLEN else None

    @property
    def new_handset(self) -> str | None:
        """The IMEI of the phone that the new SIM goes into."""
        return None if self.body.reason is ReplacementReason.STOLEN else self.imei


@dataclass(frozen=True)
class ReplacementChecks:
    """The checks; `now` is legal time."""

    regime: Regime
    now: datetime
    errors: list[FieldError] = field(default_factory=list)

    def check(self, raw: Mapping[str, Any]) -> CheckedReplacement:
        """The order behind a body; raises the `Problem` that names every wrong field."""
        body, fields, wrong = partly_validated(SimReplacementBody, raw, code_of)
        self.errors.extend(wrong)
        msisdn = self._identifier("msisdn", fields, self.regime.numbers.parse)
        imei = self._identifier("imei", fields, parse_imei)
        eid = self._identifier("eid", fields, parse_eid)
        iccid = self._identifier("iccid", fields, parse_iccid)
        reason, form = fields.get("reason"), fields.get("form")
        self._authentication(fields.get("authentication"), reason)
        self._declaration(fields.get("declaration"), reason, has_imei=raw.get("imei") is not None)
        self._handset(fields, reason)
        self._card(fields, form)
        if fields.get("eid") is not None and form is SimForm.PHYSICAL:
            self._wrong("eid", "field_unfit", "names a phone for an eSIM; this order is for a card")
        if self.errors or body is None or msisdn is None:
            raise refused_fields(self.errors)
        return CheckedReplacement(body, msisdn, imei, eid, iccid)

    def _identifier(self, name: str, fields: Mapping[str, Any], parse: Callable[[str], str]) -> str | None:
        typed = fields.get(name)
        if typed is None:
            return None
        try:
            return parse(typed) if name == "msisdn" else parse(typed.translate(_PRINTED_IN_GROUPS))
        except IdentifierError as error:
            self._wrong(name, number_code(error) if name == "msisdn" else error.code, error.reason)
            return None

    def _authentication(self, given: AuthenticationBody | None, reason: ReplacementReason | None) -> None:
        check_agent(given, self.errors)
        why_not = None if given is None or reason is None else self.regime.sims.why_not(given.method, reason)
        if why_not is not None:
            self._wrong("authentication.method", "authentication_not_enough", why_not)

    def _declaration(
        self, declaration: DeclarationBody | None, reason: ReplacementReason | None, *, has_imei: bool
    ) -> None:
        if declaration is None:
            return
        if reason not in (None, ReplacementReason.STOLEN):
            self._wrong("declaration", "field_unfit", "is about a theft; the reason is another")
        elif not has_imei:
            self._wrong("imei", "field_missing", "a declaration is there to block a handset: its IMEI is needed")
        check_filed_at(declaration.filed_at, self.now, "declaration.filed_at", self.errors)

    def _handset(self, fields: Mapping[str, Any], reason: ReplacementReason | None) -> None:
        """Its block is an order of its own that waits for no code, as for bar and lock."""
        authentication: AuthenticationBody | None = fields.get("authentication")
        if fields.get("imei") is None or reason is not ReplacementReason.STOLEN or authentication is None:
            return
        if authentication.method is AuthenticationMethod.ONE_TIME_CODE:
            sentence = (
                "a handset is blocked for who was seen in a shop (in_shop) or logged in (portal); or leave it out"
            )
            self._wrong("imei", "authentication_not_enough", sentence)

    def _card(self, fields: Mapping[str, Any], form: SimForm | None) -> None:
        if fields.get("iccid") is None:
            return
        authentication: AuthenticationBody | None = fields.get("authentication")
        if form is SimForm.ESIM:
            self._wrong("iccid", "field_unfit", "names a card; this order is for an eSIM")
        elif authentication is not None and authentication.method is not AuthenticationMethod.IN_SHOP:
            self._wrong("iccid", "field_unfit", "names a card that a shop hands over; this order is made elsewhere")

    def _wrong(self, path: str, code: str, message: str) -> None:
        self.errors.append(FieldError(path, code, message))


def check_filed_at(filed_at: datetime, now: datetime, path: str, errors: list[FieldError]) -> None:
    """A declaration has been made by now (legal time)."""
    if filed_at > now:
        sentence = f"is later than now, {now:%Y-%m-%dT%H:%M:%SZ} in legal time"
        errors.append(FieldError(path, "declaration_in_future", sentence))
