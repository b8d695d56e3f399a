"""What an accepted order of kind `line_service` keeps."""

from datetime import UTC, datetime
from typing import Any

from api.context import Context
from api.orders.acceptance import Submission
from domain.authentication import Authentication
from domain.lines import LineAction, LineChange, LineServiceOrder
from domain.orders import OrderKind
from domain.timeline import accepted_event
from journal import Acceptance
from rules.regime import zone_of
from runtime.order_ids import new_order_id

_AT_ONCE = {LineAction.LOCK: [LineChange.LOCKED]}
"""What is done by the acceptance itself."""


def line_service(
    context: Context,
    msisdn: str,
    action: LineAction,
    authentication: Authentication,
    now: datetime,
    *,
    submission: Submission,
    reason: str,
    order_id: str | None = None,
    **more: Any,
) -> Acceptance:
    """The acceptance at the legal instant `now`; it never holds the line. `more`: further fields of the order."""
    order = LineServiceOrder(
        order_id=order_id or new_order_id(OrderKind.LINE_SERVICE),
        line_hash=context.journal.lines.hash_of(msisdn),
        msisdn=msisdn,
        zone=zone_of(context.regime, msisdn),
        action=action,
        reason=reason,
        authentication=authentication,
        home=context.settings.home,
        accepted_at=now,
        accepted_at_real=datetime.now(UTC),
        **more,
    )
    return Acceptance.of(
        OrderKind.LINE_SERVICE,
        order,
        key=submission.key,
        fingerprint=submission.fingerprint,
        events=[accepted_event(by=authentication.agent or "customer", reason=reason)],
        related_to=order.replacement_id,
        line_changes=_AT_ONCE.get(action, []),
        unlocks_at=order.effective_at,
    )
