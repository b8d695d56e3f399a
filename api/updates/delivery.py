"""Sends a request to a running order as a workflow update. An order that refuses it is a 409 with its sentence."""

import asyncio
import hashlib
import time
from typing import Any
from uuid import uuid4

from fastapi import Request, Response

from api.context import Context
from api.http.headers import IDEMPOTENCY_KEY, idempotency_key
from api.http.json_body import read_object
from api.http.problems import Problem, unavailable
from api.http.route_schemas import body_schema, problems
from api.http.validation import RequestBody, validated
from api.orders.lookup import known_order
from api.orders.view import as_json
from domain.model import Model
from domain.updates import Recorded
from journal import OrderView
from runtime.relay.gateway import NotAnswering, NotRunning, TemporalUnavailable, UpdateRefused
from runtime.threads import in_thread

_CATCH_UP_S = 5.0
_RETRY_AFTER_S = 0.5

UPDATE_PROBLEMS = problems(400, 401, 404, 409, 413, 415, 422, 503)


class RecordedBody(Model):
    """What was asked is recorded. `pendingCancellation` until the other side shows a cancel."""

    order_id: str
    state: str
    message: str


def update_route(summary: str, body: type[RequestBody]) -> dict[str, Any]:
    """What every route of an update declares."""
    return {
        "response_model": RecordedBody,
        "summary": summary,
        "responses": UPDATE_PROBLEMS,
        "openapi_extra": body_schema(body),
    }


async def forward(
    request: Request, context: Context, order_id: str, name: str, body: type[RequestBody], update: type[Model]
) -> Response:
    """Sends the request's body as the update `name`, whose fields are those of the body."""
    fields = validated(body, await read_object(request)).model_dump(mode="json")
    return await send_update(request, context, order_id, name, update.model_validate(fields))


async def send_update(request: Request, context: Context, order_id: str, name: str, update: Model) -> Response:
    """What the order answers to the update `name`; raises the `Problem` that stands against it."""
    update_id = (
        _update_id(idempotency_key(request), name, update) if IDEMPOTENCY_KEY in request.headers else uuid4().hex
    )
    try:
        recorded = await _update(context, order_id, name, update, update_id)
    except NotRunning:
        raise await _not_running(context, order_id) from None
    except NotAnswering:
        raise unavailable(
            "order_not_answering", "the order did not answer in time; look at it before repeating"
        ) from None
    except TemporalUnavailable:
        raise unavailable("temporal_unavailable", "the workflow engine cannot be reached; try again shortly") from None
    return as_json(RecordedBody(order_id=order_id, state=recorded.state, message=recorded.message))


async def _update(context: Context, order_id: str, name: str, update: Model, update_id: str) -> Recorded:
    """The order's answer. An order that is behind its journal gets it again: its worker died before its last step was
    reported, so it does that step again, and its refusal may be about where it stood before.
    """
    until = time.monotonic() + _CATCH_UP_S
    while True:
        view = await known_order(context.journal, order_id)  # before the update, which may write to the journal itself
        try:
            return await context.temporal.update(order_id, name, update, update_id)
        except UpdateRefused as refused:
            if refused.seq is None or refused.seq >= view.entry_seq:
                raise Problem("refused_by_order", refused.reason) from None
        if time.monotonic() > until:
            break
        await asyncio.sleep(_RETRY_AFTER_S)
    raise unavailable(
        "order_catching_up",
        "the order does its last step again and does not know yet where it stands; try again shortly",
    )


def _update_id(key: str, name: str, update: Model) -> str:
    """The id under which a repetition is carried out once. Another update under the same key has another id: Temporal
    would answer it with the first one's result, and it would be lost.
    """
    return hashlib.sha256("\n".join((key, name, update.model_dump_json())).encode()).hexdigest()


async def _not_running(context: Context, order_id: str) -> Problem:
    view = await known_order(context.journal, order_id)
    if await in_thread(context.journal.outbox.awaits_start, order_id):
        return unavailable("not_started_yet", "the order is accepted and about to start; ask again shortly")
    return closed(view)


def closed(view: OrderView) -> Problem:
    """The problem of a request to an order that has ended."""
    return Problem(
        "order_closed", f"the order is {view.status.state}; nothing more can be asked of it", state=view.status.state
    )
