"""Changes of a running order: one verb for each request that an order may take."""

from datetime import UTC
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.options import NOBODY_NAMED, AsJson, By, OrderId, Reason
from cli.session import Session, open_session
from domain.updates import ResolveAction


def cancel(order_id: OrderId, reason: Reason, by: By = NOBODY_NAMED, as_json: AsJson = False) -> None:
    """Withdraw an order.

    A port in until the eve's cut-off, a SIM replacement until the number moves, a termination until its last
    day is over; later the answer says why not. A port out is withdrawn by its recipient; its holder stops
    it with `freeze`.
    """
    change(order_id, "cancel", {"by": by, "reason": reason}, as_json)


def reschedule(
    order_id: OrderId,
    date: Annotated[str, typer.Option(help="The new day: 2026-12-01, or +5d from today.", show_default=False)],
    reason: Reason,
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Move an order to another day.

    Example: starter.py reschedule ORDER --date +5d --reason "customer travels"
    """
    change(order_id, "reschedule", {"by": by, "reason": reason, "date": date}, as_json)


def resolve(
    order_id: OrderId,
    action: Annotated[ResolveAction, typer.Argument(help="What to do with it.", show_default=False)],
    reason: Reason,
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Decide on an order that waits for a human.

    `show` says which actions it offers.

    Example: starter.py resolve ORDER retry --by ada --reason "donor's desk confirmed by phone"
    """
    change(order_id, "resolve", {"by": by, "reason": reason, "action": action.value}, as_json)


def note(
    order_id: OrderId,
    text: Annotated[str, typer.Argument(help="The note.", show_default=False)],
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Write a note into an order's timeline."""
    change(order_id, "note", {"by": by, "text": text}, as_json)


def release(order_id: OrderId, reason: Reason, by: By = NOBODY_NAMED, as_json: AsJson = False) -> None:
    """Let an order go on that is held for review.

    A port out is then answered without the reasons that held it.

    Example: starter.py release ORDER --by ada --reason "holder called back, all is well"
    """
    change(order_id, "release", {"by": by, "reason": reason}, as_json)


def refuse(order_id: OrderId, reason: Reason, by: By = NOBODY_NAMED, as_json: AsJson = False) -> None:
    """Refuse an order that is held for review.

    An old SIM that was barred stays barred. The recipient of a port out is refused, for suspected fraud.
    """
    change(order_id, "refuse", {"by": by, "reason": reason}, as_json)


def activate(order_id: OrderId, by: By = NOBODY_NAMED, as_json: AsJson = False) -> None:
    """Say that the customer has the new card in hand.

    The number moves to it, though nobody has reported its arrival.
    """
    change(order_id, "activate", {"by": by}, as_json)


def declare(
    order_id: OrderId,
    reference: Annotated[str, typer.Option(help="The declaration's number, as on the paper.", show_default=False)],
    filed_at: Annotated[
        str | None, typer.Option(help="When it was filed, with its zone. Default: now, in legal time.")
    ] = None,
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Bring the police declaration of a stolen handset.

    ORDER is the one that blocks the handset (ls-…); the SIM replacement made with it names it.

    Example: starter.py declare ORDER --reference "PV 2026/123" --filed-at 2026-06-03T10:00:00+02:00
    """
    with open_session(as_json) as session:
        filed = filed_at or session.clock.legal.astimezone(UTC).isoformat()
        _record(session, order_id, "declaration", {"by": by, "reference": reference, "filed_at": filed})


def change(order_id: str, what: str, body: dict[str, Any], as_json: bool) -> None:
    """Asks something of an order, and shows what it answers."""
    with open_session(as_json) as session:
        _record(session, order_id, what, body)


def _record(session: Session, order_id: str, what: str, body: dict[str, Any]) -> None:
    answer = session.api.change(f"/v1/orders/{quote(order_id, safe='')}/{what}", body)
    said = str(answer.get("message") or "recorded").rstrip(".")
    session.screen.answer(answer, f"{said[:1].upper()}{said[1:]}. The order is {answer.get('state', 'as it was')}.")
