"""Follows one order until it ends: a live step list at a terminal, plain lines elsewhere, one JSON object per change
for a program.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from cli import render
from cli.errors import ApiRefused, ApiUnreachable
from cli.session import Session
from cli.views import OrderAnswer

POLL_S = 0.5
"""How often an order is read while its event stream cannot be had (real time)."""


INTERRUPTED = 130

PATIENCE_S = 60.0
"""How long an API that went away while an order was watched may take to come back (real time)."""


def read(open_session: Session, order_id: str) -> dict[str, Any]:
    """The order as the API tells it now."""
    return open_session.api.read(f"/v1/orders/{quote(order_id, safe='')}")


def show(open_session: Session, order_id: str) -> OrderAnswer:
    """Shows the order's steps until it ends, and returns it as it ended. Ctrl-C ends the watching, not the order."""
    try:
        return _shown(open_session, order_id)
    except KeyboardInterrupt:
        if not open_session.screen.as_json:
            open_session.screen.console.print(f"The order goes on. Look again: python starter.py watch {order_id}")
        raise typer.Exit(INTERRUPTED) from None


def _shown(open_session: Session, order_id: str) -> OrderAnswer:
    if open_session.screen.as_json:
        return _as_json(open_session, order_id)
    if open_session.screen.console.is_terminal:
        return _live(open_session, order_id)
    return _as_lines(open_session, order_id)


def changes(open_session: Session, order_id: str) -> Iterator[dict[str, Any]]:
    """The order now and after each change, the last time when it has ended.

    The event stream only says *when* to look: what is shown is always the order itself. A broken stream is opened
    again and the order read again, so that nothing is missed.
    """
    last = read(open_session, order_id)
    yield last
    while not OrderAnswer.model_validate(last).is_final:
        for _ in _nudges(open_session, order_id):
            body = _read_patiently(open_session, order_id)
            if body != last:
                last = body
                yield body
            if OrderAnswer.model_validate(body).is_final:
                break


def _nudges(open_session: Session, order_id: str) -> Iterator[None]:
    """When to look: the stream is open, something happened, the stream is over and a while has passed."""
    with contextlib.suppress(httpx.TransportError, ApiRefused):
        for _ in open_session.api.events(order_id):
            yield None
    time.sleep(POLL_S)
    yield None


def _read_patiently(open_session: Session, order_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return read(open_session, order_id)
        except ApiUnreachable:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_S)


def _as_json(open_session: Session, order_id: str) -> OrderAnswer:
    shown = None
    for body in changes(open_session, order_id):
        open_session.screen.answer(body)
        shown = body
    return OrderAnswer.model_validate(shown)


def _as_lines(open_session: Session, order_id: str) -> OrderAnswer:
    """Each step once, and each new wait."""
    console, times = open_session.screen.console, open_session.times
    told = 0
    last: list[Text] = []
    shown: OrderAnswer | None = None
    for body in changes(open_session, order_id):
        shown = OrderAnswer.model_validate(body)
        for happening in shown.timeline[told:]:
            console.print(render.step(happening, times))
        told = len(shown.timeline)
        lines = render.now(shown, times)
        for line in lines:
            if line not in last:
                console.print(line)
        last = lines
    assert shown is not None  # `changes` yields at least once
    console.print(*render.ending(shown, times), render.head(shown), sep="\n")
    return shown


def _live(open_session: Session, order_id: str) -> OrderAnswer:
    shown: OrderAnswer | None = None
    times = open_session.times
    wrapping = Console(highlight=False)  # what is redrawn in place has to know how many lines it fills
    with Live(console=wrapping, auto_refresh=False, vertical_overflow="visible") as live:
        for body in changes(open_session, order_id):
            shown = OrderAnswer.model_validate(body)
            live.update(render.order(shown, times), refresh=True)
    assert shown is not None  # `changes` yields at least once
    return shown
