"""A port out: `freeze` by a holder who has not asked for it, `port-back` of a number that left by mistake."""

from typing import Annotated
from urllib.parse import quote

import typer

from cli.changes import change
from cli.new_order import given, order
from cli.options import NOBODY_NAMED, Agent, AsJson, By, DryRun, Key, OrderId, Reason, Watched
from cli.session import open_session
from domain.authentication import AuthenticationMethod
from domain.sims import SimForm


def freeze(
    order_id: OrderId,
    reason: Reason,
    method: Annotated[AuthenticationMethod, typer.Option(help="How the holder shows who he is.", show_default=False)],
    agent: Agent = None,
    by: By = NOBODY_NAMED,
    as_json: AsJson = False,
) -> None:
    """Stop a port out that the holder has not asked for.

    Possible until our answer has left. With one_time_code a code is sent, and the port is stopped once
    `code` has brought it back.

    Example: starter.py freeze ORDER --reason "not my wish" --method in_shop --agent ada
    """
    body = {"by": by, "reason": reason, "authentication": given(method=method.value, agent=agent)}
    change(order_id, "freeze", body, as_json)


def port_back(
    order_id: OrderId,
    reason: Reason,
    by: By = NOBODY_NAMED,
    form: Annotated[SimForm, typer.Option(help="The SIM that the number comes back to.")] = SimForm.PHYSICAL,
    dry_run: DryRun = False,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Ask a number back that was ported away by mistake.

    ORDER is the port out. A port in of its own brings the number back, without a RIO; it is refused once the
    number was ported again.

    Example: starter.py port-back ORDER --by ada --reason "the wrong number was ported"
    """
    with open_session(as_json) as session:
        body = {"by": by, "reason": reason, "sim": {"form": form.value}}
        path = f"/v1/orders/{quote(order_id, safe='')}/port-back"
        order(session, path, body, key=key, watched=watched, dry_run=dry_run)
