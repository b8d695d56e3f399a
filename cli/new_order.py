"""What every verb that creates an order does: ask with a key, say what would happen or what was accepted, follow it."""

import uuid
from typing import Any

import typer

from cli import hints, render, watch
from cli.session import REFUSED_OR_FAILED, Session
from cli.views import OrderAnswer


def order(
    session: Session, path: str, body: dict[str, Any], *, key: str | None, watched: bool | None, dry_run: bool = False
) -> None:
    """Create the order and follow it, at a terminal unless told otherwise; ends with status 1 if it was followed to an
    end that is not `completed`.
    """
    answer = session.api.create(path, body, key=key or str(uuid.uuid4()), dry_run=dry_run)
    if dry_run:
        would = [] if session.screen.as_json else render.facts(answer, session.times, "  ")
        session.screen.answer(answer, "Nothing was ordered. What would happen:", *would)
    else:
        _accepted(session, answer, watched)


def given(**fields: Any) -> dict[str, Any]:
    """Those fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def _accepted(session: Session, answer: dict[str, Any], watched: bool | None) -> None:
    accepted = OrderAnswer.model_validate(answer)
    if watched is None:
        watched = session.screen.console.is_terminal and not session.screen.as_json
    if not watched:
        follow = f"Follow it: python starter.py watch {accepted.order_id}"
        session.screen.answer(answer, render.head(accepted), *hints.beside(accepted), follow)
    elif not watch.show(session, accepted.order_id).is_done:
        raise typer.Exit(REFUSED_OR_FAILED)
