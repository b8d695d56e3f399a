"""POST /v1/orders/{order_id}/port-back: a number that was ported away by mistake is asked back, by a port in of its own
that needs no authorisation.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from api.context import Context, RouteContext
from api.http.headers import only_parameters
from api.http.json_body import read_object
from api.legal_time import legal_now
from api.orders.acceptance import DryRun, Submission, accept_order, line_held, order_route, read_submission
from api.orders.lookup import OrderIdPath
from api.orders.view import as_json
from api.port_in.port_back_checks import PortBack, PortBackBody, checked_port_back
from api.port_in.preview import PortInPreview, back_preview
from domain.orders import JournalEntry, OrderKind
from domain.port_in import Contact, PortInOrder
from domain.timeline import TimelineCode, TimelineEvent, accepted_event
from journal import Acceptance
from runtime.order_ids import new_order_id
from runtime.threads import in_thread

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["port out"])


@router.post("/port-back", **order_route("Ask a number back", PortBackBody, PortInPreview, statuses=(404,)))
async def port_back(
    order_id: OrderIdPath,
    request: Request,
    context: RouteContext,
    dry_run: DryRun = False,
) -> Response:
    """Accepts a port in of the number that this port out took away, for the holder that customer care knows; 503 while
    customer care is away. Refused once the number was ported again. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _dry_run(context, order_id, await read_object(request)))

    async def make(submission: Submission) -> Acceptance:
        checked = await checked_port_back(context, order_id, submission.body)
        return _acceptance(context, checked, await legal_now(context.clock), submission)

    return await accept_order(context, OrderKind.PORT_IN, await read_submission(request, f"port-back {order_id}"), make)


async def _dry_run(context: Context, order_id: str, raw: dict[str, Any]) -> PortInPreview:
    checked = await checked_port_back(context, order_id, raw)
    held_by = await in_thread(context.journal.lines.blocked_by, checked.out.msisdn, OrderKind.PORT_IN)
    if held_by is not None:
        raise line_held(held_by, OrderKind.PORT_IN)
    return back_preview(checked.out, checked.body.sim.form, await legal_now(context.clock), context.regime.port_in)


def _acceptance(context: Context, checked: PortBack, now: datetime, submission: Submission) -> Acceptance:
    out, line, body = checked.out, checked.line, checked.body
    order = PortInOrder(
        order_id=new_order_id(OrderKind.PORT_IN),
        line_hash=out.line_hash,
        msisdn=out.msisdn,
        zone=out.zone,
        holder=line.holder,
        sim_form=body.sim.form,
        contact=Contact(**line.contact.model_dump(exclude={"changed_at"})),
        home=context.settings.home,
        donor=out.recipient,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
        port_back_of=out.order_id,
        back_of_dossier=out.dossier_id,
    )
    return Acceptance.of(
        OrderKind.PORT_IN,
        order,
        key=submission.key,
        fingerprint=submission.fingerprint,
        related_to=out.order_id,
        events=[accepted_event(body.by, body.reason, f"accepted: a port back of {out.order_id}")],
        notes=[
            JournalEntry(
                order_id=out.order_id,
                key=f"port-back:{order.order_id}",
                status=checked.ended,
                events=[
                    TimelineEvent(
                        code=TimelineCode.ASKED_BACK,
                        what=f"asked back by {order.order_id}",
                        by=body.by,
                        reason=body.reason,
                    )
                ],
                is_note=True,
            )
        ],
    )
