"""Asking something of a running order: a workflow update, whose no is a 409 with its sentence."""

import asyncio
import hashlib
import time
from uuid import uuid4

from fastapi import Request, Response

from api.context import Context
from api.headers import IDEMPOTENCY_KEY, idempotency_key
from api.order_view import as_json
from api.orders import known_order
from api.problems import Problem, unavailable
from api.requests import problems
from domain.model import Model
from domain.updates import Recorded
from journal import OrderView
from runtime.relay.gateway import NotAnswering, NotRunning, TemporalUnavailable, UpdateRefused
from runtime.threads import in_thread

_ASKED_FOR_S = 5.0
_ASKED_AGAIN_AFTER_S = 0.5

ANSWERS = problems(400, 401, 404, 409, 413, 415, 422, 503)


class RecordedBody(Model):
    """What was asked is recorded. `pendingCancellation` until the other side shows a cancel."""

    order_id: str
    state: str
    message: str


async def forward(request: Request, here: Context, order_id: str, name: str, wish: Model) -> Response:
    """What the order answers to the update `name`; raises the `Problem` that stands against it."""
    update_id = _same_wish(idempotency_key(request), name, wish) if IDEMPOTENCY_KEY in request.headers else uuid4().hex
    try:
        recorded = await _ask(here, order_id, name, wish, update_id)
    except NotRunning:
        raise await _not_running(here, order_id) from None
    except NotAnswering:
        raise unavailable(
            "order_not_answering", "the order did not answer in time; look at it before repeating"
        ) from None
    except TemporalUnavailable:
        raise unavailable("temporal_unavailable", "the workflow engine cannot be reached; try again shortly") from None
    return as_json(RecordedBody(order_id=order_id, state=recorded.state, message=recorded.message))


async def _ask(here: Context, order_id: str, name: str, wish: Model, update_id: str) -> Recorded:
    """The order's answer. An order that is behind its journal is asked again: its worker died before its last step was
    reported, so it does that step again, and its no may be about where it stood before.
    """
    until = time.monotonic() + _ASKED_FOR_S
    while True:
        told = await known_order(here.journal, order_id)  # before it is asked: what comes after may be its doing
        try:
            return await here.temporal.update(order_id, name, wish, update_id)
        except UpdateRefused as refused:
            if refused.seq is None or refused.seq >= told.entry_seq:
                raise Problem("refused_by_order", refused.reason) from None
        if time.monotonic() > until:
            break
        await asyncio.sleep(_ASKED_AGAIN_AFTER_S)
    raise unavailable(
        "order_catching_up",
        "the order does its last step again and does not know yet where it stands; try again shortly",
    )


def _same_wish(key: str, name: str, wish: Model) -> str:
    """The id under which a repetition is carried out once. Another wish under the same key is one of its own: Temporal
    would answer it with the first one's result, and it would be lost.
    """
    return hashlib.sha256("\n".join((key, name, wish.model_dump_json())).encode()).hexdigest()


async def _not_running(here: Context, order_id: str) -> Problem:
    view = await known_order(here.journal, order_id)
    if await in_thread(here.journal.outbox.awaits_start, order_id):
        return unavailable("not_started_yet", "the order is accepted and about to start; ask again shortly")
    return closed(view)


def closed(view: OrderView) -> Problem:
    """The problem of asking something of an order that has ended."""
    return Problem(
        "order_closed", f"the order is {view.status.state}; nothing more can be asked of it", state=view.status.state
    )
