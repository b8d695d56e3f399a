"""Orders, read: one, many."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.context import RouteContext
from api.http.headers import only_parameters
from api.http.problems import FieldError, refused_fields
from api.http.route_schemas import problems
from api.lines.numbers import read_number
from api.orders.lookup import PRINTABLE, OrderIdPath, not_found
from api.orders.view import OrderBody, OrderList, as_json, order_body
from domain.orders import OrderKind, OrderState
from journal import Journal, OrderView
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["orders"])


@router.get("/orders", response_model=OrderList, summary="List orders", responses=problems(401, 422))
async def orders(
    request: Request,
    context: RouteContext,
    msisdn: Annotated[str | None, Query(description="only of this number, in its present life", max_length=64)] = None,
    state: Annotated[OrderState | None, Query(description="only in this state")] = None,
    kind: Annotated[OrderKind | None, Query(description="only of this kind")] = None,
    needs_attention: Annotated[
        bool | None, Query(description="only those that wait for a human, or the others")
    ] = None,
    late: Annotated[bool | None, Query(description="only those whose promise was not kept, or the others")] = None,
    former: Annotated[bool, Query(description="with `msisdn`: also those of the number's earlier lives")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[
        str | None, Query(description="`next` of the page before", max_length=40, pattern=PRINTABLE)
    ] = None,
) -> Response:
    """Orders that fit all parameters, newest first."""
    only_parameters(request, "msisdn", "state", "kind", "needs_attention", "late", "former", "limit", "after")
    if after is not None and await in_thread(context.journal.orders.read, after) is None:
        raise refused_fields([FieldError("after", "parameter_invalid", "is the `next` of the page before")])
    page = await in_thread(
        context.journal.orders.page,
        msisdn=None if msisdn is None else read_number(context, msisdn, in_query=True),
        state=None if state is None else state.value,
        kind=None if kind is None else kind.value,
        needs_attention=needs_attention,
        late=late,
        former=former,
        limit=limit,
        after=after,
    )
    return as_json(OrderList(items=[order_body(view, context.ui_url) for view in page.items], next=page.next))


@router.get("/orders/{order_id}", response_model=OrderBody, summary="Show an order", responses=problems(401, 404, 422))
async def order(order_id: OrderIdPath, context: RouteContext) -> Response:
    """Where the order stands, whom it waits for, and its story so far."""
    return as_json(await in_thread(_whole, context.journal, order_id, context.ui_url))


def _whole(journal: Journal, order_id: str, ui_url: str) -> OrderBody:
    view = journal.orders.read(order_id)
    if view is None:
        raise not_found()
    back = _ported_back_by(journal, view)
    return order_body(view, ui_url, journal.orders.events(order_id), journal.orders.verify(order_id), back)


def _ported_back_by(journal: Journal, view: OrderView) -> str:
    """The newest port in that takes a port out back; '' when there is none."""
    if (view.kind, view.status.state) != (OrderKind.PORT_OUT, OrderState.COMPLETED):
        return ""
    back = journal.orders.page(related_to=view.order_id, kind=OrderKind.PORT_IN.value, limit=1).items
    return next((each.order_id for each in back), "")
