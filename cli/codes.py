"""What only the customer may see: `code`, `activation-code`. Neither is kept in a file or shown twice."""

from typing import Annotated
from urllib.parse import quote

import typer

from cli.options import AsJson, OrderId
from cli.session import open_session

READABLE_ONCE = "This was the only time that it can be read: keep it now, and give it to nobody but the customer."


def code(
    order_id: OrderId,
    code: Annotated[
        str | None,
        typer.Argument(metavar="[CODE]", help="Six digits. Left out: asked for and not shown.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hand in the one-time code that the customer got.

    Left out of the command, the code is asked for and stays out of the shell's history. Three wrong ones
    block the code for a day.
    """
    typed = code or typer.prompt("The customer's one-time code", hide_input=True, err=True)
    with open_session(as_json) as session:
        answer = session.api.change(f"/v1/orders/{quote(order_id, safe='')}/code", {"code": typed})
        session.screen.answer(answer, "The code is right. The order has been told.")


def activation_code(order_id: OrderId, as_json: AsJson = False) -> None:
    """Read the activation code of an order's eSIM, once.

    It is printed on standard output and cannot be read again: whoever has it can fetch the eSIM. A download
    that fails gets another one.
    """
    with open_session(as_json) as session:
        answer = session.api.take(f"/v1/orders/{quote(order_id, safe='')}/activation-code")
        session.screen.answer(answer, str(answer.get("activation_code", "")))
        session.screen.warn(READABLE_ONCE)
