"""What an accepted SIM replacement keeps, and the line services that go with it."""

from datetime import UTC, datetime

from api.context import Context
from api.lines.order import line_service
from api.orders.acceptance import Submission
from api.sim_replacement.checks import CheckedReplacement
from domain.lines import Declaration, LineAction
from domain.orders import OrderKind
from domain.sim_replacement import SimReplacementOrder
from domain.timeline import accepted_event
from journal import Acceptance
from rules.regime import zone_of
from runtime.order_ids import new_order_id


def replacement_order(
    context: Context, checked: CheckedReplacement, now: datetime, handset_order_id: str | None = None
) -> SimReplacementOrder:
    """The order, accepted at the legal instant `now`."""
    return SimReplacementOrder(
        order_id=new_order_id(OrderKind.SIM_REPLACEMENT),
        line_hash=context.journal.lines.hash_of(checked.msisdn),
        msisdn=checked.msisdn,
        zone=zone_of(context.regime, checked.msisdn),
        reason=checked.body.reason,
        form=checked.body.form,
        imei=checked.imei,
        eid=checked.eid,
        iccid=checked.iccid,
        authentication=checked.body.authentication.as_accepted(),
        handset_order_id=handset_order_id,
        home=context.settings.home,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
    )


def replacement_acceptance(
    context: Context, checked: CheckedReplacement, now: datetime, submission: Submission
) -> Acceptance:
    """The replacement and, with a stolen handset, the order that blocks it: both or neither."""
    wants_block = checked.stolen_handset is not None
    handset_order_id = new_order_id(OrderKind.LINE_SERVICE) if wants_block else None
    order = replacement_order(context, checked, now, handset_order_id)
    authentication, reason = order.authentication, f"SIM {order.reason.value}"
    return Acceptance.of(
        OrderKind.SIM_REPLACEMENT,
        order,
        key=submission.key,
        fingerprint=submission.fingerprint,
        events=[accepted_event(by=authentication.agent or "customer", reason=reason)],
        refuses_locked=True,
        also=[_handset_block(context, checked, order, submission)] if wants_block else [],
    )


def _handset_block(
    context: Context, checked: CheckedReplacement, order: SimReplacementOrder, submission: Submission
) -> Acceptance:
    declared = checked.body.declaration
    return line_service(
        context,
        order.msisdn,
        LineAction.BLOCK_HANDSET,
        order.authentication,
        order.accepted_at,
        # With a space: no client's key is like it.
        submission=Submission(f"handset {submission.key}", f"handset {submission.fingerprint}", submission.body),
        reason="stolen",
        order_id=order.handset_order_id,
        imei=checked.stolen_handset,
        declaration=declared and Declaration(reference=declared.reference, filed_at=declared.filed_at),
        replacement_id=order.order_id,
    )
