"""GET /v1/orders/{id}/events: the order's story as server-sent events, live."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Response
from starlette.responses import StreamingResponse

from api.context import Context, RouteContext
from api.http.problems import FieldError, refused_fields
from api.http.route_schemas import problems
from api.orders.lookup import OrderIdPath, known_order
from domain.model import Model
from domain.orders import OrderState
from journal import EventView
from runtime.threads import in_thread

HEARTBEAT_S = 15.0
HEARTBEAT = b": still here\n\n"
_SEQ = re.compile(r"[0-9]{1,9}")

router = APIRouter(prefix="/v1", tags=["orders"])


class End(Model):
    """The last event of a stream: the order has come to its end."""

    state: str
    stage: str


@router.get(
    "/orders/{order_id}/events",
    summary="Follow an order",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "events `order` (id: its number) and, at the order's end, `end`",
            "content": {"text/event-stream": {}},
        },
        **problems(401, 404, 422),
    },
)
async def events(
    order_id: OrderIdPath,
    context: RouteContext,
    last_event_id: Annotated[str | None, Header(description="go on after this event")] = None,
) -> Response:
    """The story from its beginning, or after `Last-Event-ID`, and every change from then on. A comment every 15 seconds
    keeps the connection; after a final state the stream ends.
    """
    if last_event_id is not None and not _SEQ.fullmatch(last_event_id):
        raise refused_fields([FieldError("Last-Event-ID", "parameter_invalid", "is the id of an event of this stream")])
    await known_order(context.journal, order_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        story(context, order_id, int(last_event_id or 0)), media_type="text/event-stream", headers=headers
    )


async def story(context: Context, order_id: str, seq: int, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[bytes]:
    """The bytes of the stream after event `seq`."""
    with context.feed.watch(order_id) as news:
        while not context.feed.closing:
            news.clear()  # before the look: what comes in during it wakes us again
            for event in await in_thread(context.journal.orders.events, order_id, seq):
                seq = event.seq
                yield _as_sse("order", event, seq)
            view = await known_order(context.journal, order_id)
            if view.last_seq <= seq and OrderState(view.status.state).is_final:
                yield _as_sse("end", End(state=view.status.state, stage=view.status.stage))
                return
            try:
                async with asyncio.timeout(heartbeat_s):
                    await news.wait()
            except TimeoutError:
                yield HEARTBEAT


def _as_sse(name: str, data: EventView | End, seq: int | None = None) -> bytes:
    number = "" if seq is None else f"id: {seq}\n"
    return f"{number}event: {name}\ndata: {data.model_dump_json()}\n\n".encode()
