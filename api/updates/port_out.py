"""What the holder of a line asks of a port out: to stop it. A workflow update as in `api.updates.changes`."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.context import RouteContext
from api.http.fields import AuthenticationBody, authentication_code, check_agent
from api.http.json_body import read_object
from api.http.problems import Problem, refused_fields
from api.http.validation import ActorName, RequestBody, ShortText, partly_validated
from api.orders.lookup import OrderIdPath, known_order
from api.updates.delivery import send_update, update_route
from domain.orders import OrderKind
from domain.updates import FreezeRequest
from journal import OrderView

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["port out"])


class FreezeBody(RequestBody):
    """The holder has not asked for this port."""

    by: ActorName = Field(description="who asks")
    reason: ShortText
    authentication: AuthenticationBody


@router.post("/freeze", **update_route("Freeze a port out", FreezeBody))
async def freeze(order_id: OrderIdPath, request: Request, context: RouteContext) -> Response:
    """The number stays: the recipient is refused. Possible until our answer has left. With `one_time_code` a code is
    sent, and nothing is stopped before it came back by `code`.
    """
    body, fields, errors = partly_validated(FreezeBody, await read_object(request), authentication_code)
    check_agent(fields.get("authentication"), errors)
    if errors or body is None:
        raise refused_fields(errors)
    must_be_port_out(await known_order(context.journal, order_id))
    freeze_request = FreezeRequest(by=body.by, reason=body.reason, authentication=body.authentication.as_accepted())
    return await send_update(request, context, order_id, "freeze", freeze_request)


def must_be_port_out(view: OrderView) -> None:
    """Raises the `Problem` of an order of another kind."""
    if view.kind != OrderKind.PORT_OUT:
        raise Problem("not_a_port_out", f"this is a {view.kind} order; only a port out takes this", kind=view.kind)
