"""French mobile numbers in the two forms that the simulator uses.

Inside the simulator a number is always E.164 (`+33639980001`). National digits (`0639980001`) appear only on the
clearing house's wire and in what people type.
"""

import re

_E164 = re.compile(r"\+33[67][0-9]{8}")
_NATIONAL = re.compile(r"0[67][0-9]{8}")


def national(msisdn: str) -> str:
    """The ten national digits of an E.164 mobile number. ValueError for anything else."""
    if not _E164.fullmatch(msisdn):
        raise ValueError("not a French mobile number in E.164")
    return "0" + msisdn[3:]


def e164(national_digits: str) -> str:
    """The E.164 form of ten national digits. ValueError for anything else."""
    if not _NATIONAL.fullmatch(national_digits):
        raise ValueError("not a French mobile number in national digits")
    return "+33" + national_digits[1:]


def parse(text: str) -> str:
    """E.164 from either form.

    A `+` that a query string turned into a space is understood. ValueError for anything else.
    """
    candidate = "+" + text[1:] if text.startswith(" ") else text
    return candidate if _E164.fullmatch(candidate) else e164(candidate)
