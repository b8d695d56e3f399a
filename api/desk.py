"""What people ask of a running order: cancel, reschedule, resolve, note. Each is a workflow update with a validator
that can say no.
"""

import hashlib
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from api.context import Context, Here
from api.edge import ActorName, EdgeModel, Remark, validated
from api.gateway import NotAnswering, NotRunning, TemporalUnavailable, UpdateRefused
from api.headers import IDEMPOTENCY_KEY, idempotency_key
from api.json_body import read_object
from api.order_view import as_json
from api.orders import OrderIdPath, known_order
from api.problems import Problem, unavailable
from api.requests import body_schema, problems
from api.threads import in_thread
from domain.model import Model
from domain.updates import CancelRequest, NoteRequest, RescheduleRequest, ResolveAction, ResolveRequest
from journal import OrderView

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["desk"])
ANSWERS = problems(400, 401, 404, 409, 413, 415, 422, 503)


class CancelBody(EdgeModel):
    """The customer withdraws; possible until the eve's cut-off."""

    by: ActorName = Field(description="who asks")
    reason: Remark


class RescheduleBody(EdgeModel):
    """Another day for the port."""

    by: ActorName = Field(description="who asks")
    reason: Remark
    date: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(
        description="an ISO date, or `+5d` for days from today; local to the number"
    )


class ResolveBody(EdgeModel):
    """A human's decision on an order that waits for one."""

    by: ActorName = Field(description="who decides")
    reason: Remark
    action: ResolveAction = Field(description="one of those that the order offers in `attention`")


class NoteBody(EdgeModel):
    """A remark for the order's timeline."""

    by: ActorName = Field(description="who remarks")
    text: Remark


class RecordedBody(Model):
    """What was asked is recorded. `pendingCancellation` until the other side shows a cancel."""

    order_id: str
    state: str
    message: str


@router.post(
    "/cancel", response_model=RecordedBody, summary="Cancel", responses=ANSWERS, openapi_extra=body_schema(CancelBody)
)
async def cancel(order_id: OrderIdPath, request: Request, here: Here) -> Response:
    """Withdraws the order, if it is not too late; everything reserved is undone."""
    body = validated(CancelBody, await read_object(request))
    return await _forward(request, here, order_id, "cancel", CancelRequest(by=body.by, reason=body.reason))


@router.post(
    "/reschedule",
    response_model=RecordedBody,
    summary="Move the date",
    responses=ANSWERS,
    openapi_extra=body_schema(RescheduleBody),
)
async def reschedule(order_id: OrderIdPath, request: Request, here: Here) -> Response:
    """Moves the port to another day, if it is not too late and the day can be had."""
    body = validated(RescheduleBody, await read_object(request))
    wish = RescheduleRequest(by=body.by, reason=body.reason, date=body.date)
    return await _forward(request, here, order_id, "reschedule", wish)


@router.post(
    "/resolve", response_model=RecordedBody, summary="Decide", responses=ANSWERS, openapi_extra=body_schema(ResolveBody)
)
async def resolve(order_id: OrderIdPath, request: Request, here: Here) -> Response:
    """Decides for an order that waits for a human (`needs_attention`)."""
    body = validated(ResolveBody, await read_object(request))
    decision = ResolveRequest(by=body.by, reason=body.reason, action=body.action.value)
    return await _forward(request, here, order_id, "resolve", decision)


@router.post(
    "/note", response_model=RecordedBody, summary="Remark", responses=ANSWERS, openapi_extra=body_schema(NoteBody)
)
async def note(order_id: OrderIdPath, request: Request, here: Here) -> Response:
    """Adds a remark to the order's timeline."""
    body = validated(NoteBody, await read_object(request))
    return await _forward(request, here, order_id, "note", NoteRequest(by=body.by, text=body.text))


async def _forward(request: Request, here: Context, order_id: str, name: str, wish: Model) -> Response:
    update_id = _same_wish(idempotency_key(request), name, wish) if IDEMPOTENCY_KEY in request.headers else uuid4().hex
    await known_order(here.journal, order_id)
    try:
        recorded = await here.temporal.update(order_id, name, wish, update_id)
    except UpdateRefused as refused:
        raise Problem("refused_by_order", refused.reason) from None
    except NotRunning:
        raise await _not_running(here, order_id) from None
    except NotAnswering:
        raise unavailable(
            "order_not_answering", "the order did not answer in time; look at it before repeating"
        ) from None
    except TemporalUnavailable:
        raise unavailable("temporal_unavailable", "the workflow engine cannot be reached; try again shortly") from None
    return as_json(RecordedBody(order_id=order_id, state=recorded.state, message=recorded.message))


def _same_wish(key: str, name: str, wish: Model) -> str:
    """The id under which a repetition is carried out once. Another wish under the same key is one of its own: Temporal
    would answer it with the first one's result, and it would be lost.
    """
    return hashlib.sha256("\n".join((key, name, wish.model_dump_json())).encode()).hexdigest()


async def _not_running(here: Context, order_id: str) -> Problem:
    view = await known_order(here.journal, order_id)
    if await in_thread(here.journal.awaits_start, order_id):
        return unavailable("not_started_yet", "the order is accepted and about to start; ask again shortly")
    return _closed(view)


def _closed(view: OrderView) -> Problem:
    return Problem(
        "order_closed", f"the order is {view.status.state}; nothing more can be asked of it", state=view.status.state
    )
