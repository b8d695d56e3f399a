"""POST /v1/orders/{order_id}/port-back: a number that was ported away by mistake is asked back, by a port in of its own
that needs no RIO.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.accepting import (
    ACCEPTED_RESPONSE,
    JUST_ACCEPTED,
    accept_once,
    accepted_answer,
    fingerprint,
    line_held,
)
from api.context import Context, Here
from api.edge import ActorName, EdgeModel, Remark, validated
from api.headers import idempotency_key, only_parameters
from api.home_systems import AWAY, asked
from api.json_body import read_object
from api.legal_now import legal_now
from api.order_view import OrderBody, as_json
from api.orders import OrderIdPath, known_order
from api.port_in_body import SimBody
from api.port_in_preview import PortInPreview, back_preview
from api.port_out_desk import must_be_port_out
from api.problems import Problem, unavailable
from api.requests import body_schema, problems
from domain.orders import OrderKind, OrderState, TimelineEvent
from domain.port_in import Contact, PortInOrder
from domain.port_out import PortOutOrder
from domain.sims import SimForm
from journal import Acceptance, LineHeld
from parties.care import Line
from runtime.order_ids import new_order_id
from runtime.threads import in_thread

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["port out"])


class PortBackBody(EdgeModel):
    """Why a number has to come back, and the SIM that it comes back to."""

    by: ActorName = Field(description="who asks")
    reason: Remark
    sim: SimBody = Field(default=SimBody(form=SimForm.PHYSICAL))


@dataclass(frozen=True)
class _PortBack:
    """A port back that may be asked for: the port out that it takes back, and the line as it was."""

    body: PortBackBody
    out: PortOutOrder
    line: Line


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
        checked = await _checked(here, order_id, raw)
        return _acceptance(here, checked, await legal_now(here.clock), key, same)

    try:
        return accepted_answer(here, await accept_once(here, key, same, make))
    except LineHeld as held:
        raise line_held(held, OrderKind.PORT_IN) from None


async def _what_would_happen(here: Context, order_id: str, raw: dict[str, Any]) -> PortInPreview:
    checked = await _checked(here, order_id, raw)
    held_by = await in_thread(here.journal.in_the_way, checked.out.msisdn, OrderKind.PORT_IN)
    if held_by is not None:
        raise line_held(held_by, OrderKind.PORT_IN)
    return back_preview(checked.out, checked.body.sim.form, await legal_now(here.clock), here.rules)


async def _checked(here: Context, order_id: str, raw: dict[str, Any]) -> _PortBack:
    body = validated(PortBackBody, raw)
    view = await known_order(here.journal, order_id)
    must_be_port_out(view)
    state = view.status.state
    if state is not OrderState.COMPLETED:
        raise Problem("not_ported_out", f"the port out is {state}: there is nothing to take back", state=state)
    out = PortOutOrder.model_validate(view.order)
    patience_s = here.home_systems.patience_s
    _, line = await asyncio.gather(
        _must_be_where_it_went(here, out), asked(here.home_systems.care.line(out.msisdn), patience_s)
    )
    if line == AWAY:
        raise unavailable("care_unavailable", "customer care is away: for whom the number comes back is not known")
    if line is None:
        raise Problem("unknown_line", "customer care knows no line of this number: there is nobody to bring it back to")
    return _PortBack(body, out, line)


async def _must_be_where_it_went(here: Context, out: PortOutOrder) -> None:
    """Raises the `Problem` `ported_again`. What the registry does not say now, the order finds out."""
    patience_s = here.home_systems.patience_s
    number, dossier = await asyncio.gather(
        asked(here.registry.number(out.msisdn), patience_s), asked(here.registry.dossier(out.dossier_id), patience_s)
    )
    if number == AWAY:
        return
    moved_by_it = dossier == AWAY or dossier is None or number is None or number.changed_at == dossier.performed_at
    if number is None or number.operator != out.recipient or not moved_by_it:
        raise Problem("ported_again", f"the number has moved again since {out.recipient} got it by this port out")


def _acceptance(here: Context, checked: _PortBack, now: datetime, key: str, same: str) -> Acceptance:
    out, line, body = checked.out, checked.line, checked.body
    order = PortInOrder(
        order_id=new_order_id(OrderKind.PORT_IN),
        line_hash=out.line_hash,
        msisdn=out.msisdn,
        rio="",
        holder=line.holder,
        sim_form=body.sim.form,
        contact=Contact(**line.contact.model_dump(exclude={"changed_at"})),
        home=here.settings.home,
        donor=out.recipient,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
        donor_silence=here.settings.donor_silence,
        port_back_of=out.order_id,
        back_of_dossier=out.dossier_id,
    )
    return Acceptance(
        order_id=order.order_id,
        kind=OrderKind.PORT_IN.value,
        msisdn=order.msisdn,
        donor=order.donor,
        recipient=order.home,
        key=key,
        fingerprint=same,
        accepted_at=now,
        accepted_at_real=order.accepted_at_real,
        order=order.model_dump(mode="json"),
        status=JUST_ACCEPTED,
        events=[TimelineEvent(what=f"accepted: a port back of {out.order_id}", by=body.by, reason=body.reason)],
    )
