"""What the clearing house's request layer says when it refuses at once: an HTTP status and an ErrorMessages body."""

from http import HTTPStatus

from parties.http_answers import HttpRefusal, Json

UNAUTHORIZED = HttpRefusal(
    code="unauthorized",
    raw="8010",
    message=(
        "our signature was not accepted: the shared key may belong to another private key (it then decrypts to "
        "random bytes without an error), the consumer name may be another, or this machine's clock may be minutes off"
    ),
)

CODES = {
    1000: "field_validation",
    1010: "parameter_validation",
    1020: "invalid_endpoint",
    1030: "unsupported_media_type",
    6010: "configuration_not_found",
    6011: "distribution_not_found",
    7030: "messaging_trouble",
    7040: "database_trouble",
    7050: "stream_terminated",
    8000: "forbidden",
    8010: "unauthorized",
    9000: "conversion_trouble",
    9999: "unexpected",
}
"""COIN's integer codes (its OpenAPI file, ErrorMessages) and our names for them."""


def error_messages(status: int, body: Json) -> HttpRefusal | None:
    """The first error of `{"errors": [{"code": 1000, "message": "…"}]}`; a 401 is a refusal also without a body."""
    if status == HTTPStatus.UNAUTHORIZED:
        return UNAUTHORIZED
    errors = body.get("errors")
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return None
    code = errors[0].get("code")
    if type(code) is not int:
        return None
    name = CODES.get(code, "unexpected")
    return HttpRefusal(code=name, raw=str(code), message=f"refused, {name} ({code})")
