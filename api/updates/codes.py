"""POST /v1/orders/{id}/code and GET …/activation-code: what only the customer may see. Checked and kept in the journal;
a code is never in a log, an error or Temporal.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.context import RouteContext
from api.http.instants import instant_text
from api.http.json_body import read_object
from api.http.problems import Problem
from api.http.route_schemas import body_schema, problems
from api.http.validation import RequestBody, validated
from api.legal_time import legal_now
from api.orders.lookup import OrderIdPath, known_order
from api.orders.view import as_json
from api.updates.delivery import UPDATE_PROBLEMS, closed
from domain.model import Model
from domain.orders import OrderState
from journal import ActivationCodeRead, CodeCheck, NoActivationCode
from runtime.threads import in_thread

_NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["SIM replacement"])


_SIX_DIGITS = re.compile(r"[0-9]{6}")


def _typed_code(value: Any) -> str:
    without_spaces = value.replace(" ", "") if isinstance(value, str) else ""
    if not _SIX_DIGITS.fullmatch(without_spaces):
        raise PydanticCustomError("code_malformed", "a one-time code is a text of six digits, 0 to 9")
    return without_spaces


class CodeBody(RequestBody):
    """The one-time code that the customer got."""

    code: Annotated[str, BeforeValidator(_typed_code)] = Field(description="six digits; spaces do not matter")


class CodeChecked(Model):
    """The code is right: the order goes on."""

    outcome: Literal["right"] = "right"


class ActivationCode(Model):
    """With which the customer's phone fetches the eSIM profile; readable once."""

    activation_code: str = Field(description="the whole of it, as a QR code would hold it: `1$address$matching id`")
    smdp_address: str
    matching_id: str


@router.post(
    "/code",
    response_model=CodeChecked,
    summary="Check the one-time code",
    responses=UPDATE_PROBLEMS,
    openapi_extra=body_schema(CodeBody, takes_key=False),
)
async def code(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """Compares what the customer typed with the newest code; each try counts."""
    body = validated(CodeBody, await read_object(request))
    view = await known_order(context.journal, order_id)
    if OrderState(view.status.state).is_final:
        raise closed(view)
    rules = context.regime.sims.codes
    check = await in_thread(
        context.journal.codes.check,
        order_id,
        body.code,
        tries=rules.tries,
        lock=rules.lock,
        valid=rules.valid,
        at_legal=await legal_now(context.clock),
        at_real=datetime.now(UTC),
    )
    context.relay.wake()  # the order is told of a right code, and of the last wrong one
    if check.outcome != "right":
        raise _not_right(check)
    return as_json(CodeChecked(), headers=_NO_STORE)


@router.get(
    "/activation-code",
    response_model=ActivationCode,
    summary="Read the eSIM's activation code",
    responses=problems(401, 404, 410, 422),
)
async def activation_code(order_id: OrderIdPath, context: RouteContext) -> Response:
    """The activation code of the order's eSIM, once: who asks again gets 410."""
    await known_order(context.journal, order_id)
    try:
        found = await in_thread(context.journal.profiles.read_code, order_id, datetime.now(UTC))
    except NoActivationCode:
        raise Problem("no_activation_code", "no activation code is there to be read", headers=_NO_STORE) from None
    except ActivationCodeRead as read:
        raise Problem(
            "activation_code_read",
            f"the activation code was read at {instant_text(read.at)}, real time, and can be read once only",
            headers=_NO_STORE,
            read_at=instant_text(read.at),
        ) from None
    _version, address, matching_id = found.split("$")[:3]
    body = ActivationCode(activation_code=found, smdp_address=address, matching_id=matching_id)
    return as_json(body, headers=_NO_STORE)


def _not_right(check: CodeCheck) -> Problem:
    if check.outcome == "wrong":
        sentence = f"this is not the code that was sent; tries left: {check.tries_left}"
        return Problem("code_wrong", sentence, tries_left=check.tries_left)
    if check.outcome == "locked" and check.locked_until is not None:
        until = instant_text(check.locked_until)
        return Problem("code_locked", f"wrong too often: no code is taken before {until} (legal time)", until=until)
    if check.outcome == "expired":
        return Problem("code_expired", "this code is too old; the order sends a new one or says what is to be done")
    return Problem("no_code_wanted", "the order waits for no code")
