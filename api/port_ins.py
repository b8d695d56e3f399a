"""POST /v1/port-ins: accepts a port in, or says what it would do."""

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
from api.port_in_body import PortInBody
from api.port_in_checks import CheckedPortIn, PortInChecks
from api.port_in_preview import PortInPreview, preview
from api.requests import body_schema, problems
from domain.orders import OrderKind, TimelineEvent
from domain.port_in import Contact, Holder, PortInOrder
from journal import Acceptance, LineHeld
from rules.regime import zone_of
from runtime.order_ids import new_order_id
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["port in"])


@router.post(
    "/port-ins",
    status_code=202,
    response_model=OrderBody,
    summary="Port a number in",
    responses={
        200: {"model": PortInPreview, "description": "dry run: what would happen; nothing is kept"},
        202: ACCEPTED_RESPONSE,
        **problems(400, 401, 409, 413, 415, 422, 503),
    },
    openapi_extra=body_schema(PortInBody),
)
async def port_in(
    request: Request, here: Here, dry_run: Annotated[bool, Query(description="only say what would happen")] = False
) -> Response:
    """Accepts the port of one number to the home operator. Needs neither Temporal nor the clearing house; the legal
    clock decides dates.

    The header `Idempotency-Key` is required unless `dry_run`: repeated with the same body it gives the first answer
    again, with `Idempotent-Replayed: true`. Only acceptances are remembered.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _what_would_happen(here, await read_object(request)))
    key = idempotency_key(request)
    raw = await read_object(request)
    same = fingerprint("port-ins", raw)

    async def make() -> Acceptance:
        now = await legal_now(here.clock)
        return _acceptance(here, _checks(here, now).check(raw), now, key, same)

    try:
        return accepted_answer(here, await accept_once(here, key, same, make))
    except LineHeld as held:
        raise line_held(held, OrderKind.PORT_IN) from None


async def _what_would_happen(here: Context, raw: dict[str, Any]) -> PortInPreview:
    now = await legal_now(here.clock)
    checked = _checks(here, now).check(raw)
    held_by = await in_thread(here.journal.in_the_way, checked.msisdn, OrderKind.PORT_IN)
    if held_by is not None:
        raise line_held(held_by, OrderKind.PORT_IN)
    return preview(checked, now, here.settings.home, here.regime.port_in)


def _checks(here: Context, now: datetime) -> PortInChecks:
    return PortInChecks(home=here.settings.home, directory=here.directory, regime=here.regime, now=now)


def _acceptance(here: Context, checked: CheckedPortIn, now: datetime, key: str, same: str) -> Acceptance:
    body = checked.body
    order = PortInOrder(
        order_id=new_order_id(OrderKind.PORT_IN),
        line_hash=here.journal.line_hash(checked.msisdn),
        msisdn=checked.msisdn,
        zone=zone_of(here.regime, checked.msisdn),
        authorisation=checked.authorisation,
        holder=Holder(kind=body.holder.kind, name=body.holder.name),
        sim_form=body.sim.form,
        requested_date=checked.requested_date,
        mandate_signed_at=body.mandate.signed_at,
        contact=Contact(**body.contact.model_dump()) if body.contact else Contact(),
        home=here.settings.home,
        donor=checked.donor.code,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
    )
    return Acceptance.of(
        OrderKind.PORT_IN,
        order,
        key=key,
        fingerprint=same,
        events=[TimelineEvent(what="accepted", by="customer", reason="mandate signed")],
    )
