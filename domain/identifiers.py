"""Identifiers that validate themselves: each is a plain string in memory and in JSON, and a pydantic field type that
refuses what it is not. Mobile numbers are the national rules' (`rules.regime.Numbers`).

Digits are the ASCII ones, always: a pattern like `\\d` would let other scripts' digits in. Check digits come from
python-stdnum.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from domain.identifier_error import IdentifierError

__all__ = [
    "DossierId",
    "Eid",
    "Iccid",
    "IdentifierError",
    "Imei",
    "Imsi",
    "OrderId",
    "parse_dossier_id",
    "parse_eid",
    "parse_iccid",
    "parse_imei",
    "parse_imsi",
    "parse_order_id",
]


def _parser(name: str, shape: str, wanted: str, check: Callable[[str], bool] | None = None) -> Callable[[str], str]:
    """A function that returns its text unchanged or raises `IdentifierError` with code `<name>_invalid` or
    `<name>_check_digit`.
    """
    pattern = re.compile(shape)

    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise IdentifierError(f"{name}_invalid", wanted)
        if check is not None and not check(text):
            raise IdentifierError(f"{name}_check_digit", f"the check digit does not fit: {wanted}")
        return text

    return parse


parse_iccid = _parser(
    "iccid",
    r"8933[0-9]{15,16}",
    "an ICCID has 19 or 20 digits, starts with 8933 and ends in a Luhn check digit",
    luhn.is_valid,
)
"""ITU-T E.118, French issuer. 19 digits (18 and the check digit) and 20 (19 and it) are both in use; the padding `F`
of the SM-DP+ wire is not part of it.
"""

parse_imsi = _parser(
    "imsi",
    r"(?:208|340|742|647|308)[0-9]{12}",
    "an IMSI has 15 digits and starts with a French country code (208, overseas 340, 742, 647, 308)",
)
"""ITU-T E.212; country codes of Arcep's numbering plan (JORFARTI000046830377)."""

parse_imei = _parser("imei", r"[0-9]{15}", "an IMEI has 15 digits, the last a Luhn check digit", luhn.is_valid)
"""3GPP TS 23.003."""

parse_eid = _parser("eid", r"[0-9]{32}", "an EID has 32 digits, the last two its check digits", mod_97_10.is_valid)
"""GSMA SGP.29: the number modulo 97 is 1."""

parse_order_id = _parser(
    "order_id",
    r"(?:pi|po|sr|te|fl|ls|st)-[0-9A-HJKMNP-TV-Z]{26}",
    "an order id is pi-, po-, sr-, te-, fl-, ls- or st- and a ULID in capitals",
)
"""The prefix is the kind: port in, port out, SIM replacement, termination, fleet, line service, settlement."""

parse_dossier_id = _parser("dossier_id", r"[-0-9A-Z]{5,26}", "a dossier id has 5 to 26 capitals, digits or hyphens")
"""COIN number portability v3, `dossierid`."""

Iccid = Annotated[str, AfterValidator(parse_iccid)]
Imsi = Annotated[str, AfterValidator(parse_imsi)]
Imei = Annotated[str, AfterValidator(parse_imei)]
Eid = Annotated[str, AfterValidator(parse_eid)]
OrderId = Annotated[str, AfterValidator(parse_order_id)]
DossierId = Annotated[str, AfterValidator(parse_dossier_id)]
