"""Looking: `watch`, `show`, `list`, `find`."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli import dead_letter_view, line_view, render, watch
from cli.options import AsJson, Number, OrderId
from cli.session import REFUSED_OR_FAILED, open_session
from cli.views import OrderAnswer
from domain.orders import OrderKind, OrderState

DEFAULT_LIMIT = 20
MOST = 500


def watch_order(order_id: OrderId, as_json: AsJson = False) -> None:
    """Follow an order live until it ends.

    Exit status 0 when it was completed, else 1. With --json: the order after each change, one object per line.
    """
    with open_session(as_json) as session:
        if not watch.show(session, order_id).is_done:
            raise typer.Exit(REFUSED_OR_FAILED)


def show(order_id: OrderId, as_json: AsJson = False) -> None:
    """Show an order: steps, waits, outcome."""
    with open_session(as_json) as session:
        body = watch.read(session, order_id)
        if as_json:
            session.screen.answer(body)
        else:
            session.screen.answer(
                body, render.order(OrderAnswer.model_validate(body), session.times), session.times.note
            )


def list_orders(
    state: Annotated[OrderState | None, typer.Option(help="Only orders in this state.", show_default=False)] = None,
    kind: Annotated[OrderKind | None, typer.Option(help="Only orders of this kind.", show_default=False)] = None,
    msisdn: Annotated[str | None, typer.Option(help="Only orders on this number.", show_default=False)] = None,
    former: Annotated[bool, typer.Option("--former", help="With --msisdn: its earlier lives too.")] = False,
    aside: Annotated[bool, typer.Option("--aside", help="Instead: messages that no order could take.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Only orders whose promise was not kept.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most.")] = DEFAULT_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List orders, or messages set aside.

    Examples: starter.py list --state held; starter.py list --kind sim_replacement --late;
    starter.py list --msisdn 0639980123 --former
    """
    if former and msisdn is None:
        raise typer.BadParameter("is about the lives of one number: give --msisdn too", param_hint="--former")
    with open_session(as_json) as session:
        if aside:
            body = session.api.read("/v1/messages/aside", {"limit": limit})
            session.screen.answer(body, *([] if as_json else dead_letter_view.messages(body, session.times)))
            return
        query: dict[str, Any] = {"state": state, "kind": kind, "msisdn": msisdn, "limit": limit}
        query |= {"late": _yes(late), "former": _yes(former)}
        body = session.api.read("/v1/orders", query)
        if as_json:
            session.screen.answer(body)
            return
        if not body["items"]:
            session.screen.answer(body, "No such orders." if state or kind or msisdn or late else "No orders yet.")
            return
        found = [OrderAnswer.model_validate(item) for item in body["items"]]
        table = render.orders(found, session.times, session.screen.console.width)
        more = f"There are more: raise --limit (at most {MOST}), or narrow it down." if body.get("next") else ""
        session.screen.answer(body, table, session.times.note, more)


def find(number: Number, as_json: AsJson = False) -> None:
    """Find a number: who serves it, what holds it.

    Also whether the line is barred or locked, and its last change of SIM; after the end of its contract,
    until when it can be ported.
    """
    with open_session(as_json) as session:
        body = session.api.read(f"/v1/numbers/{quote(number, safe='')}")
        session.screen.answer(body, *([] if as_json else line_view.number(body, session.times)))


def _yes(wanted: bool) -> str | None:
    return "true" if wanted else None
