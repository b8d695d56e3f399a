"""The body of a port in, as it comes in."""

import re
from typing import Annotated, Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.http.fields import ShortText, TypedInstant
from api.http.validation import RequestBody
from domain.port_in import HolderKind
from domain.sims import SimForm

_PHONE = re.compile(r"\+?[0-9 .()-]{4,30}")


def _visible(value: str) -> str:
    if not any(character.isalnum() for character in value):
        raise PydanticCustomError("name_invisible", "a name has at least one letter or digit")
    return value


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise PydanticCustomError("email_invalid", "this is not an e-mail address") from None


def _phone(value: str) -> str:
    try:
        if _PHONE.fullmatch(value):
            number = phonenumbers.parse(value, "FR")
            if phonenumbers.is_possible_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    raise PydanticCustomError(
        "phone_invalid", "this is not a phone number; write it with + and its country code, or as dialled"
    )


class HolderBody(RequestBody):
    """The holder of the contract at the donor, as the customer says."""

    kind: HolderKind = Field(description="`consumer` or `business`")
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_visible)
    ] = Field(description="family name, or the company's name")


class SimBody(RequestBody):
    """The new SIM."""

    form: SimForm = Field(
        description="`physical`: handed over in the shop; `esim`: a profile, its activation code readable once"
    )


class MandateBody(RequestBody):
    """The customer's mandate to port the number, which also ends the contract at the donor."""

    signed_at: TypedInstant = Field(
        description="when it was signed, legal time with its zone; not in the future (GET /v1/clock says what now is)"
    )


class ContactBody(RequestBody):
    """Where the customer is told; none given: by SMS to the number itself."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)] | None = Field(
        default=None, description="e-mail address"
    )
    phone: Annotated[str, AfterValidator(_phone)] | None = Field(
        default=None, description="another phone number, E.164 or national digits"
    )
    language: Literal["fr", "en"] = Field(default="fr", description="language of the messages")


class PortInBody(RequestBody):
    """A port in: a number that joins the home operator."""

    msisdn: ShortText = Field(description="the number: E.164, or national digits with plain spaces, dots or hyphens")
    rio: ShortText = Field(description="the porting code of the contract; case and spaces do not matter")
    holder: HolderBody
    requested_date: ShortText | None = Field(
        default=None,
        description="the day of the port, local to the number: ISO, or `+5d` from today; default: the last in time",
    )
    sim: SimBody
    mandate: MandateBody
    contact: ContactBody | None = Field(default=None)


_CODES = {
    "msisdn": "number_invalid",
    "rio": "rio_invalid",
    "requested_date": "date_malformed",
    "mandate.signed_at": "instant_invalid",
    "contact.email": "email_invalid",
    "contact.phone": "phone_invalid",
}
_MISSING = {"mandate": "mandate_missing", "mandate.signed_at": "mandate_missing"}


def code_of(path: str, error_type: str) -> str | None:
    """The code of a wrong field of this body; None: the general one."""
    if path.startswith("holder"):
        return "holder_invalid"
    if error_type == "missing" or path == "mandate":
        return _MISSING.get(path)
    return _CODES.get(path)
