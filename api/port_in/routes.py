"""POST /v1/port-ins: accepts a port in, or says what it would do."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from api.context import Context, RouteContext
from api.http.headers import only_parameters
from api.http.json_body import read_object
from api.legal_time import legal_now
from api.orders.acceptance import DryRun, Submission, accept_order, line_held, order_route, read_submission
from api.orders.view import as_json
from api.port_in.body import PortInBody
from api.port_in.checks import CheckedPortIn, PortInChecks
from api.port_in.preview import PortInPreview, preview
from domain.orders import OrderKind
from domain.port_in import Contact, Holder, PortInOrder
from domain.timeline import accepted_event
from journal import Acceptance
from rules.regime import zone_of
from runtime.order_ids import new_order_id
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["port in"])


@router.post("/port-ins", **order_route("Port a number in", PortInBody, PortInPreview))
async def port_in(request: Request, context: RouteContext, dry_run: DryRun = False) -> Response:
    """Accepts the port of one number to the home operator. Needs neither Temporal nor the clearing house; the legal
    clock decides dates.

    The header `Idempotency-Key` is required unless `dry_run`: repeated with the same body it gives the first answer
    again, with `Idempotent-Replayed: true`. Only acceptances are remembered.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _dry_run(context, await read_object(request)))

    async def make(submission: Submission) -> Acceptance:
        now = await legal_now(context.clock)
        return _acceptance(context, _checks(context, now).check(submission.body), now, submission)

    return await accept_order(context, OrderKind.PORT_IN, await read_submission(request, "port-ins"), make)


async def _dry_run(context: Context, raw: dict[str, Any]) -> PortInPreview:
    now = await legal_now(context.clock)
    checked = _checks(context, now).check(raw)
    held_by = await in_thread(context.journal.lines.blocked_by, checked.msisdn, OrderKind.PORT_IN)
    if held_by is not None:
        raise line_held(held_by, OrderKind.PORT_IN)
    return preview(checked, now, context.settings.home, context.regime.port_in)


def _checks(context: Context, now: datetime) -> PortInChecks:
    return PortInChecks(home=context.settings.home, directory=context.directory, regime=context.regime, now=now)


def _acceptance(context: Context, checked: CheckedPortIn, now: datetime, submission: Submission) -> Acceptance:
    body = checked.body
    order = PortInOrder(
        order_id=new_order_id(OrderKind.PORT_IN),
        line_hash=context.journal.lines.hash_of(checked.msisdn),
        msisdn=checked.msisdn,
        zone=zone_of(context.regime, checked.msisdn),
        authorisation=checked.authorisation,
        holder=Holder(kind=body.holder.kind, name=body.holder.name),
        sim_form=body.sim.form,
        requested_date=checked.requested_date,
        mandate_signed_at=body.mandate.signed_at,
        contact=Contact(**body.contact.model_dump()) if body.contact else Contact(),
        home=context.settings.home,
        donor=checked.donor.code,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
    )
    return Acceptance.of(
        OrderKind.PORT_IN,
        order,
        key=submission.key,
        fingerprint=submission.fingerprint,
        events=[accepted_event(by="customer", reason="mandate signed")],
    )
