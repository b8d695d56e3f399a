"""OsmoHLR's error texts that we act on, and the identifiers that it takes."""

import re
from enum import StrEnum

from parties.errors import PartyRefused

PARTY = "hlr"

_IMSI = re.compile(r"[0-9]{6,15}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


class ErrorText(StrEnum):
    """Error texts (OsmoHLR's `src/ctrl.c`)."""

    NO_SUBSCRIBER = "No such subscriber."
    NOT_THERE = "Subscriber doesn't exist."
    EXISTS = "Subscriber already exists."
    INVALID_IMSI = "Invalid IMSI value."


def checked_imsi(imsi: str, call: str) -> str:
    """The IMSI itself; refused `imsi_invalid` before anything that is none reaches the HLR."""
    if not _IMSI.fullmatch(imsi):
        raise PartyRefused(PARTY, call, code="imsi_invalid", message="not an IMSI")
    return imsi


def number_digits(msisdn: str, call: str) -> str:
    """The HLR's form of an E.164 number: its digits. Refused `msisdn_invalid`."""
    if not _E164.fullmatch(msisdn):
        raise PartyRefused(PARTY, call, code="msisdn_invalid", message="not an E.164 number")
    return msisdn[1:]
