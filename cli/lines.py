"""A line beside its orders: `bar`, `unbar`, `lock`, `unlock`. They work whatever order holds the line."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import typer

from cli.options import Agent, AsJson, Key, Number, Reason, Watched
from cli.ordering import given, order
from cli.session import session
from domain.authentication import AuthenticationMethod
from domain.lines import LineAction


class ShownBefore(StrEnum):
    """A line is changed only for who has shown who he is; no code is sent for it."""

    IN_SHOP = AuthenticationMethod.IN_SHOP.value
    PORTAL = AuthenticationMethod.PORTAL.value


Method = Annotated[ShownBefore, typer.Option(help="How the holder has shown who he is.", show_default=False)]


def bar(
    number: Number,
    reason: Reason,
    method: Method,
    agent: Agent = None,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Take a line out of service at once.

    Example: starter.py bar 0639980123 --reason "left in a taxi" --method portal
    """
    _ask(LineAction.BAR, number, reason, method, agent, key, watched, as_json)


def unbar(
    number: Number,
    reason: Reason,
    method: Method,
    agent: Agent = None,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Put a barred line back into service: the phone was found.

    Example: starter.py unbar 0639980123 --reason "found again" --method in_shop --agent ada
    """
    _ask(LineAction.UNBAR, number, reason, method, agent, key, watched, as_json)


def lock(
    number: Number,
    reason: Reason,
    method: Method,
    agent: Agent = None,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Lock a line: no port out, no SIM replacement.

    Example: starter.py lock 0639980123 --reason "strange calls" --method portal
    """
    _ask(LineAction.LOCK, number, reason, method, agent, key, watched, as_json)


def unlock(
    number: Number,
    reason: Reason,
    method: Method,
    agent: Agent = None,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Lift the lock of a line; it opens after a delay.

    The holder is told at once and can lock again until then. `cancel` takes it back.

    Example: starter.py unlock 0639980123 --reason "leaving" --method in_shop --agent ada
    """
    _ask(LineAction.UNLOCK, number, reason, method, agent, key, watched, as_json)


def _ask(
    action: LineAction,
    number: str,
    reason: str,
    method: ShownBefore,
    agent: str | None,
    key: str | None,
    watched: bool | None,
    as_json: bool,
) -> None:
    with session(as_json) as here:
        body = {"reason": reason, "authentication": given(method=method.value, agent=agent)}
        order(here, f"/v1/lines/{quote(number, safe='')}/{action.value}", body, key=key, watched=watched)
