"""What the request layer says when it refuses: an HTTP status and an ErrorMessages body."""

import uuid
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from simulator.clearing_house.vocabulary import WireCode


@dataclass(eq=False)
class WireRefusal(Exception):
    """A request that is refused at once. `messages` never repeat a value that was sent."""

    status: int
    code: WireCode
    messages: tuple[str, ...]


def unauthorized(why: str) -> WireRefusal:
    return WireRefusal(401, WireCode.UNAUTHORIZED, (why,))


def forbidden(why: str) -> WireRefusal:
    return WireRefusal(403, WireCode.FORBIDDEN, (why,))


def bad_field(*why: str) -> WireRefusal:
    return WireRefusal(400, WireCode.FIELD_VALIDATION, why)


def bad_parameter(why: str, status: int = 400) -> WireRefusal:
    return WireRefusal(status, WireCode.PARAMETER_VALIDATION, (why,))


def new_transaction_id() -> str:
    """32 characters of `[0-9a-f]`: the protocol asks for 30 to 40 of `[0-9a-z]`."""
    return uuid.uuid4().hex


def to_response(refusal: WireRefusal) -> Response:
    errors = [{"code": int(refusal.code), "message": message} for message in refusal.messages]
    return JSONResponse({"transactionId": new_transaction_id(), "errors": errors}, status_code=refusal.status)
