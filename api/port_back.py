"""POST /v1/orders/{order_id}/port-back: a number that was ported away by mistake is asked back, by a port in of its own
that needs no authorisation.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.accepting import (
    ACCEPTED_RESPONSE,
    accept_once,
    accepted_answer,
    fingerprint,
    line_held,
)
from api.context import Context, Here
from api.headers import idempotency_key, only_parameters
from api.json_body import read_object
from api.legal_now import legal_now
from api.order_view import OrderBody, as_json
from api.orders import OrderIdPath
from api.port_back_checks import PortBack, PortBackBody, checked_port_back
from api.port_in_preview import PortInPreview, back_preview
from api.requests import body_schema, problems
from domain.orders import JournalEntry, OrderKind, TimelineEvent
from domain.port_in import Contact, PortInOrder
from journal import Acceptance, LineHeld
from runtime.order_ids import new_order_id
from runtime.threads import in_thread

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["port out"])


@router.post(
    "/port-back",
    status_code=202,
    response_model=OrderBody,
    summary="Ask a number back",
    responses={
        200: {"model": PortInPreview, "description": "dry run: what would happen; nothing is kept"},
        202: ACCEPTED_RESPONSE,
        **problems(400, 401, 404, 409, 413, 415, 422, 503),
    },
    openapi_extra=body_schema(PortBackBody),
)
async def port_back(
    order_id: OrderIdPath,
    request: Request,
    here: Here,
    dry_run: Annotated[bool, Query(description="only say what would happen")] = False,
) -> Response:
    """Accepts a port in of the number that this port out took away, for the holder that customer care knows; 503 while
    customer care is away. Refused once the number was ported again. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _what_would_happen(here, order_id, await read_object(request)))
    key = idempotency_key(request)
    raw = await read_object(request)
    same = fingerprint(f"port-back {order_id}", raw)

    async def make() -> Acceptance:
        checked = await checked_port_back(here, order_id, raw)
        return _acceptance(here, checked, await legal_now(here.clock), key, same)

    try:
        return accepted_answer(here, await accept_once(here, key, same, make))
    except LineHeld as held:
        raise line_held(held, OrderKind.PORT_IN) from None


async def _what_would_happen(here: Context, order_id: str, raw: dict[str, Any]) -> PortInPreview:
    checked = await checked_port_back(here, order_id, raw)
    held_by = await in_thread(here.journal.in_the_way, checked.out.msisdn, OrderKind.PORT_IN)
    if held_by is not None:
        raise line_held(held_by, OrderKind.PORT_IN)
    return back_preview(checked.out, checked.body.sim.form, await legal_now(here.clock), here.regime.port_in)


def _acceptance(here: Context, checked: PortBack, now: datetime, key: str, same: str) -> Acceptance:
    out, line, body = checked.out, checked.line, checked.body
    order = PortInOrder(
        order_id=new_order_id(OrderKind.PORT_IN),
        line_hash=out.line_hash,
        msisdn=out.msisdn,
        zone=out.zone,
        holder=line.holder,
        sim_form=body.sim.form,
        contact=Contact(**line.contact.model_dump(exclude={"changed_at"})),
        home=here.settings.home,
        donor=out.recipient,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
        port_back_of=out.order_id,
        back_of_dossier=out.dossier_id,
    )
    return Acceptance.of(
        OrderKind.PORT_IN,
        order,
        key=key,
        fingerprint=same,
        events=[TimelineEvent(what=f"accepted: a port back of {out.order_id}", by=body.by, reason=body.reason)],
        remarks=[
            JournalEntry(
                order_id=out.order_id,
                key=f"port-back:{order.order_id}",
                status=checked.ended,
                events=[TimelineEvent(what=f"asked back by {order.order_id}", by=body.by, reason=body.reason)],
                remark=True,
            )
        ],
    )
