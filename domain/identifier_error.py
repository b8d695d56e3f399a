"""The error every identifier raises."""

from domain.coded_error import CodedError


class IdentifierError(CodedError):
    """A text is not the identifier it should be. `code`: `msisdn_fixed`, `iccid_invalid`, …"""
