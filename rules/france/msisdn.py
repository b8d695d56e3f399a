"""Mobile numbers: read from what people type, kept as E.164.

Read: E.164 (`+33639980001`), the same with `00`, and national digits (`06 39 98 00 01`), each with plain spaces, dots
or hyphens between digits and plain spaces (U+0020) around. Nothing else: no other script's digits, no brackets, no
letters. French mobile numbers only: 06 and 07 with 10 national digits, and the 14-digit numbers 0700… of machines.
"""

import re

from domain.identifier_error import IdentifierError
from rules.france.numbering import COUNTRY_CODES, territory_of_national

MAX_TYPED_LENGTH = 40
"""Longest text looked at, separators included: 14 digits, a country code and a separator after each fit."""

_SEPARATORS = str.maketrans("", "", " .-")
_TYPED = re.compile(r"\+?[0-9](?:[ .-]*[0-9])*")
_MOBILE = re.compile(r"0[67][0-9]{8}|0700[0-9]{10}")
_FRENCH_E164 = re.compile(rf"\+({'|'.join(sorted(set(COUNTRY_CODES.values())))})([0-9]+)")
_SHORT_NUMBER = re.compile(r"[1-9][0-9]{1,5}")

_FIXED = ("msisdn_fixed", "this is a fixed line's number; only mobile numbers (06, 07) are handled")
_SERVICE = (
    "msisdn_service_number",
    "this is a value-added service number (08); only mobile numbers (06, 07) are handled",
)
_NOT_MOBILE = {**dict.fromkeys("123459", _FIXED), "8": _SERVICE}


def parse_msisdn(text: str) -> str:
    """The number in E.164, with the country code of its territory.

    Raises `IdentifierError` with code `msisdn_malformed`, `msisdn_short`, `msisdn_foreign`, `msisdn_fixed`,
    `msisdn_service_number` or `msisdn_length`.
    """
    national_number = _national_digits(text)
    if not _MOBILE.fullmatch(national_number):
        raise _not_mobile(national_number)
    return f"+{COUNTRY_CODES[territory_of_national(national_number)]}{national_number[1:]}"


def national(msisdn: str) -> str:
    """The national digits of an E.164 number, as the clearing house's wire and the RIO key want them: 10 or 14,
    leading 0.
    """
    return _national_digits(msisdn)


def _national_digits(text: str) -> str:
    typed = text.strip(" ")
    if len(typed) > MAX_TYPED_LENGTH or not _TYPED.fullmatch(typed):
        raise IdentifierError(
            "msisdn_malformed",
            "a number is the digits 0 to 9, with a leading + if international, and plain spaces, dots or hyphens",
        )
    digits = typed.translate(_SEPARATORS)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        french = _FRENCH_E164.fullmatch(digits)
        if french is None:
            raise IdentifierError("msisdn_foreign", "this number's country code is not a French one")
        return "0" + french[2]
    if digits.startswith("0"):
        return digits
    if _SHORT_NUMBER.fullmatch(digits):
        raise IdentifierError("msisdn_short", "this is a short number; only mobile numbers (06, 07) are handled")
    raise IdentifierError("msisdn_malformed", "write the number as +33… or with its leading 0")


def _not_mobile(national_number: str) -> IdentifierError:
    kind = national_number[1:2]
    if kind in _NOT_MOBILE:
        return IdentifierError(*_NOT_MOBILE[kind])
    if kind in {"6", "7"}:
        return IdentifierError(
            "msisdn_length", "a mobile number has 10 national digits (14 for a machine's number in 0700)"
        )
    return IdentifierError("msisdn_malformed", "a French mobile number starts with 06 or 07 (+336, +337)")
