"""What is wrong with a number, by the API's codes."""

from domain.identifiers import IdentifierError

_CODES = {
    "msisdn_foreign": "number_foreign",
    "msisdn_fixed": "number_not_mobile",
    "msisdn_service_number": "number_not_mobile",
    "msisdn_short": "number_not_mobile",
}


def number_code(error: IdentifierError) -> str:
    """The problem's code for a text that the numbering plan refused."""
    return _CODES.get(error.code, "number_invalid")
