"""What an accepted termination keeps."""

from datetime import UTC, datetime

from api.context import Context
from api.orders.acceptance import Submission
from api.termination.checks import CheckedTermination
from domain.orders import OrderKind
from domain.termination import TerminationOrder
from domain.timeline import accepted_event
from journal import Acceptance
from rules.regime import zone_of
from runtime.order_ids import new_order_id


def termination_order(context: Context, checked: CheckedTermination, now: datetime) -> TerminationOrder:
    """The order, received at the legal instant `now`: its notice counts from there."""
    return TerminationOrder(
        order_id=new_order_id(OrderKind.TERMINATION),
        line_hash=context.journal.lines.hash_of(checked.msisdn),
        msisdn=checked.msisdn,
        zone=zone_of(context.regime, checked.msisdn),
        requested_date=checked.requested_date,
        authentication=checked.body.authentication.as_accepted(),
        home=context.settings.home,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
    )


def termination_acceptance(
    context: Context, checked: CheckedTermination, now: datetime, submission: Submission
) -> Acceptance:
    """The acceptance. A lock does not stop it: it guards the number against another SIM and another operator."""
    order = termination_order(context, checked, now)
    asked = order.requested_date.isoformat() if order.requested_date else "the first that the notice allows"
    return Acceptance.of(
        OrderKind.TERMINATION,
        order,
        key=submission.key,
        fingerprint=submission.fingerprint,
        events=[accepted_event(order.authentication.agent or "customer", f"last day: {asked}")],
    )
