"""What people ask of a running order: cancel, reschedule, resolve, note. Each is a workflow update with a validator
that can say no.
"""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from api.context import RouteContext
from api.http.validation import ActorName, RequestBody, ShortText
from api.orders.lookup import OrderIdPath
from api.updates.delivery import forward, update_route
from domain.updates import CancelRequest, NoteRequest, RescheduleRequest, ResolveAction, ResolveRequest

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["desk"])


class CancelBody(RequestBody):
    """The customer withdraws; possible until the eve's cut-off."""

    by: ActorName = Field(description="who asks")
    reason: ShortText


class RescheduleBody(RequestBody):
    """Another day for the port."""

    by: ActorName = Field(description="who asks")
    reason: ShortText
    date: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(
        description="an ISO date, or `+5d` for days from today; local to the number"
    )


class ResolveBody(RequestBody):
    """A human's decision on an order that waits for one."""

    by: ActorName = Field(description="who decides")
    reason: ShortText
    action: ResolveAction = Field(description="one of those that the order offers in `attention`")


class NoteBody(RequestBody):
    """A note for the order's timeline."""

    by: ActorName = Field(description="who writes the note")
    text: ShortText


@router.post("/cancel", **update_route("Cancel", CancelBody))
async def cancel(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """Withdraws the order, if it is not too late; everything reserved is undone. A port out is withdrawn by its
    recipient only.
    """
    return await forward(request, context, order_id, "cancel", CancelBody, CancelRequest)


@router.post("/reschedule", **update_route("Move the date", RescheduleBody))
async def reschedule(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """Moves the port to another day, if it is not too late and the day can be had."""
    return await forward(request, context, order_id, "reschedule", RescheduleBody, RescheduleRequest)


@router.post("/resolve", **update_route("Decide", ResolveBody))
async def resolve(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """Decides for an order that waits for a human (`needs_attention`)."""
    return await forward(request, context, order_id, "resolve", ResolveBody, ResolveRequest)


@router.post("/note", **update_route("Note", NoteBody))
async def note(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """Adds a note to the order's timeline."""
    return await forward(request, context, order_id, "note", NoteBody, NoteRequest)
