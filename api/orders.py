"""Orders, read: one, many."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.context import Here
from api.headers import only_parameters
from api.numbers import read_number
from api.order_view import OrderBody, OrderList, as_json, order_body
from api.problems import FieldError, Problem, refused_fields
from api.requests import problems
from domain.orders import OrderKind, OrderState
from journal import Journal, OrderView
from runtime.threads import in_thread

PRINTABLE = r"^[!-~]+$"
OrderIdPath = Annotated[str, Path(description="the order's id", max_length=40, pattern=PRINTABLE)]

router = APIRouter(prefix="/v1", tags=["orders"])


@router.get("/orders", response_model=OrderList, summary="List orders", responses=problems(401, 422))
async def orders(
    request: Request,
    here: Here,
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
    if after is not None and await in_thread(here.journal.order, after) is None:
        raise refused_fields([FieldError("after", "parameter_invalid", "is the `next` of the page before")])
    page = await in_thread(
        here.journal.orders,
        msisdn=None if msisdn is None else read_number(here, msisdn, in_query=True),
        state=None if state is None else state.value,
        kind=None if kind is None else kind.value,
        needs_attention=needs_attention,
        late=late,
        former=former,
        limit=limit,
        after=after,
    )
    return as_json(OrderList(items=[order_body(view, here.ui_url) for view in page.items], next=page.next))


@router.get("/orders/{order_id}", response_model=OrderBody, summary="Show an order", responses=problems(401, 404, 422))
async def order(order_id: OrderIdPath, here: Here) -> Response:
    """Where the order stands, whom it waits for, and its story so far."""
    return as_json(await in_thread(_whole, here.journal, order_id, here.ui_url))


async def known_order(journal: Journal, order_id: str) -> OrderView:
    """The order, or the `Problem` `not_found`."""
    view = await in_thread(journal.order, order_id)
    if view is None:
        raise _not_found()
    return view


def _whole(journal: Journal, order_id: str, ui_url: str) -> OrderBody:
    view = journal.order(order_id)
    if view is None:
        raise _not_found()
    back = _ported_back_by(journal, view)
    return order_body(view, ui_url, journal.events(order_id), journal.verify(order_id), back)


def _ported_back_by(journal: Journal, view: OrderView) -> str:
    """The newest port in that takes a port out back; '' when there is none."""
    if (view.kind, view.status.state) != (OrderKind.PORT_OUT, OrderState.COMPLETED):
        return ""
    ports_in = journal.orders(msisdn=view.msisdn, kind=OrderKind.PORT_IN.value, former=True).items
    return next((each.order_id for each in ports_in if each.order.get("port_back_of") == view.order_id), "")


def _not_found() -> Problem:
    return Problem("not_found", "there is no order of this id")
