"""Changing an order that runs: `cancel`, `reschedule`, `resolve`, `note`."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.options import NOBODY_NAMED, AsJson, By, OrderId, Reason
from cli.session import session
from domain.updates import ResolveAction


def cancel(order_id: OrderId, reason: Reason, by: By = NOBODY_NAMED, as_json: AsJson = False) -> None:
    """Withdraw an order.

    Possible until the eve's cut-off; later the answer says why not.
    """
    _change(order_id, "cancel", {"by": by, "reason": reason}, as_json)


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
    _change(order_id, "reschedule", {"by": by, "reason": reason, "date": date}, as_json)


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
    _change(order_id, "resolve", {"by": by, "reason": reason, "action": action.value}, as_json)


def note(
    order_id: OrderId,
    text: Annotated[str, typer.Argument(help="The remark.", show_default=False)],
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Write a remark into an order's timeline."""
    _change(order_id, "note", {"by": by, "text": text}, as_json)


def _change(order_id: str, what: str, body: dict[str, Any], as_json: bool) -> None:
    with session(as_json) as here:
        answer = here.api.change(f"/v1/orders/{quote(order_id, safe='')}/{what}", body)
        said = str(answer.get("message") or "recorded").rstrip(".")
        here.screen.answer(answer, f"{said[:1].upper()}{said[1:]}. The order is {answer.get('state', 'as it was')}.")
