"""What people ask of a running SIM replacement: release or refuse one that is held for review (a port out likewise),
activate its card, bring the police declaration. Workflow updates as in `api.updates.changes`.
"""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.context import RouteContext
from api.http.fields import TypedInstant
from api.http.json_body import read_object
from api.http.problems import refused_fields
from api.http.validation import ActorName, RequestBody, ShortText, partly_validated
from api.legal_time import legal_now
from api.orders.lookup import OrderIdPath
from api.sim_replacement.body import DeclarationReference
from api.sim_replacement.checks import check_filed_at
from api.updates.delivery import forward, send_update, update_route
from domain.updates import ActivateRequest, DeclareRequest, ReviewRequest

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["SIM replacement"])


class ReviewBody(RequestBody):
    """A person's decision on an order that is held for review."""

    by: ActorName = Field(description="who decides")
    reason: ShortText


class ActivateBody(RequestBody):
    """The customer has the new card in his hand."""

    by: ActorName = Field(description="who says so")


class DeclareBody(RequestBody):
    """The police declaration of a stolen handset."""

    by: ActorName = Field(description="who has seen it")
    reference: DeclarationReference = Field(description="its number, as on the paper")
    filed_at: TypedInstant = Field(description="when it was made, legal time with its zone; not in the future")


@router.post("/release", **update_route("Release", ReviewBody))
async def release(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """The SIM replacement that is held for review goes on; a port out is answered without the reasons that held it."""
    return await forward(request, context, order_id, "release", ReviewBody, ReviewRequest)


@router.post("/refuse", **update_route("Refuse", ReviewBody))
async def refuse(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """The SIM replacement that is held for review is rejected, and a SIM that was barred stays barred; the recipient of
    a port out is refused, for suspected fraud.
    """
    return await forward(request, context, order_id, "refuse", ReviewBody, ReviewRequest)


@router.post("/activate", **update_route("Activate the card", ActivateBody))
async def activate(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """The number moves to the card that was sent, though nobody has reported its arrival."""
    return await forward(request, context, order_id, "activate", ActivateBody, ActivateRequest)


@router.post("/declaration", **update_route("Bring the police declaration", DeclareBody))
async def declaration(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """The stolen handset is blocked within the days that the law gives."""
    raw = await read_object(request)
    body, fields, errors = partly_validated(DeclareBody, raw, _instant_code)
    if "filed_at" in fields:
        check_filed_at(fields["filed_at"], await legal_now(context.clock), "filed_at", errors)
    if errors or body is None:
        raise refused_fields(errors)
    declare = DeclareRequest(by=body.by, reference=body.reference, filed_at=body.filed_at)
    return await send_update(request, context, order_id, "declare", declare)


def _instant_code(path: str, error_type: str) -> str | None:
    return "instant_invalid" if path == "filed_at" and error_type != "missing" else None
