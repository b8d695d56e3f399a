"""POST /v1/port-ins: accepts a port in, or says what it would do."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from ulid import ULID

from api.context import Context, Here
from api.headers import idempotency_key, only_parameters
from api.json_body import read_object
from api.legal_now import legal_now
from api.order_view import OrderBody, accepted_body, as_json
from api.port_in_body import PortInBody
from api.port_in_checks import CheckedPortIn, PortInChecks
from api.port_in_preview import PortInPreview, preview
from api.problems import Problem
from api.requests import body_schema, problems
from api.threads import in_thread
from domain.orders import OrderKind, OrderState, OrderStatus, TimelineEvent
from domain.port_in import Contact, Holder, PortInOrder
from journal import Acceptance, Accepted, IdempotencyKeyReused, LineHeld

ORDER_PREFIX = "pi-"
REPLAYED = {"Idempotent-Replayed": "true"}
_ACCEPTED = OrderStatus(state=OrderState.ACKNOWLEDGED, stage="accepted")

router = APIRouter(prefix="/v1", tags=["port in"])


@router.post(
    "/port-ins",
    status_code=202,
    response_model=OrderBody,
    summary="Port a number in",
    responses={
        200: {"model": PortInPreview, "description": "dry run: what would happen; nothing is kept"},
        202: {
            "description": "accepted: durable from now on; `Location` is the order",
            "headers": {
                "Location": {"schema": {"type": "string"}},
                "Idempotent-Replayed": {"schema": {"type": "string"}},
            },
        },
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
    fingerprint = _fingerprint(raw)
    try:
        accepted = await in_thread(here.journal.acceptance, key, fingerprint)
        if accepted is None:
            now = await legal_now(here.clock)
            checked = _checks(here, now).check(raw)
            accepted = await in_thread(here.journal.accept, _acceptance(here, checked, now, key, fingerprint))
    except IdempotencyKeyReused:
        raise Problem("idempotency_key_reused", "this idempotency key was used for another request") from None
    except LineHeld as held:
        raise _line_held(held) from None
    here.relay.wake()
    return _answer(here, accepted)


def _answer(here: Context, accepted: Accepted) -> Response:
    body = accepted_body(accepted, accepted.order["msisdn"], here.ui_url)
    headers = {"Location": body.links.order, **(REPLAYED if accepted.replayed else {})}
    return as_json(body, 202, headers)


async def _what_would_happen(here: Context, raw: dict[str, Any]) -> PortInPreview:
    now = await legal_now(here.clock)
    checked = _checks(here, now).check(raw)
    held_by = (await in_thread(here.journal.line, checked.msisdn)).held_by
    if held_by is not None:
        raise _line_held(LineHeld(held_by.order_id, held_by.kind, held_by.since))
    return preview(checked, now, here.settings.home, here.rules)


def _checks(here: Context, now: datetime) -> PortInChecks:
    return PortInChecks(home=here.settings.home, directory=here.directory, rules=here.rules, now=now)


def _acceptance(here: Context, checked: CheckedPortIn, now: datetime, key: str, fingerprint: str) -> Acceptance:
    order_id = f"{ORDER_PREFIX}{ULID()}"
    real = datetime.now(UTC)
    body = checked.body
    order = PortInOrder(
        order_id=order_id,
        line_hash=here.journal.line_hash(checked.msisdn),
        msisdn=checked.msisdn,
        rio=checked.rio,
        holder=Holder(kind=body.holder.kind, name=body.holder.name),
        sim_form=body.sim.form,
        requested_date=checked.requested_date,
        mandate_signed_at=body.mandate.signed_at,
        contact=Contact(**body.contact.model_dump()) if body.contact else Contact(),
        home=here.settings.home,
        donor=checked.donor.code,
        accepted_at=now,
        accepted_at_real=real,
        donor_silence=here.settings.donor_silence,
    )
    return Acceptance(
        order_id=order_id,
        kind=OrderKind.PORT_IN.value,
        msisdn=checked.msisdn,
        donor=order.donor,
        recipient=order.home,
        key=key,
        fingerprint=fingerprint,
        accepted_at=now,
        accepted_at_real=real,
        order=order.model_dump(mode="json"),
        status=_ACCEPTED,
        events=[TimelineEvent(what="accepted", by="customer", reason="mandate signed")],
    )


def _fingerprint(raw: dict[str, Any]) -> str:
    """Equal for equal bodies, however their keys are ordered and spaced."""
    text = json.dumps(["port-ins", raw], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line_held(held: LineHeld) -> Problem:
    since = held.since.isoformat().replace("+00:00", "Z")
    return Problem(
        "line_held",
        f"the line is held by the {held.kind} order {held.order_id} since {since}",
        held_by={"order_id": held.order_id, "kind": held.kind, "since": since},
    )
