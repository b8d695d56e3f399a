"""A line beside its orders: `bar`, `unbar`, `lock`, `unlock`. They work whatever order holds the line."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import typer

from cli.new_order import given, order
from cli.options import Agent, AsJson, Key, Number, Reason, Watched
from cli.session import open_session
from domain.authentication import AuthenticationMethod
from domain.lines import LineAction


class ShownBefore(StrEnum):
    """A line is changed only for who has shown who he is; no code is sent for it."""

    IN_SHOP = AuthenticationMethod.IN_SHOP.value
    PORTAL = AuthenticationMethod.PORTAL.value


Method = Annotated[ShownBefore, typer.Option(help="How the holder has shown who he is.", show_default=False)]


def _verb(action: LineAction, what: str) -> Callable[..., None]:
    """The command that asks for an action; `what` is its help."""

    def verb(
        number: Number,
        reason: Reason,
        method: Method,
        agent: Agent = None,
        key: Key = None,
        watched: Watched = None,
        as_json: AsJson = False,
    ) -> None:
        with open_session(as_json) as session:
            body = {"reason": reason, "authentication": given(method=method.value, agent=agent)}
            order(session, f"/v1/lines/{quote(number, safe='')}/{action.value}", body, key=key, watched=watched)

    verb.__doc__ = what
    return verb


bar = _verb(
    LineAction.BAR,
    """Take a line out of service at once.

    Example: starter.py bar 0639980123 --reason "left in a taxi" --method portal
    """,
)

unbar = _verb(
    LineAction.UNBAR,
    """Put a barred line back into service: the phone was found.

    Example: starter.py unbar 0639980123 --reason "found again" --method in_shop --agent ada
    """,
)

lock = _verb(
    LineAction.LOCK,
    """Lock a line: no port out, no SIM replacement.

    Example: starter.py lock 0639980123 --reason "strange calls" --method portal
    """,
)

unlock = _verb(
    LineAction.UNLOCK,
    """Lift the lock of a line; it opens after a delay.

    The holder is told at once and can lock again until then. `cancel` takes it back.

    Example: starter.py unlock 0639980123 --reason "leaving" --method in_shop --agent ada
    """,
)
