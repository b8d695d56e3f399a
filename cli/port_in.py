"""`port-in`: bring a number here from another operator."""

import uuid
from datetime import UTC
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli import render, watch
from cli.options import AsJson
from cli.session import REFUSED_OR_FAILED, Session, session
from cli.views import Order
from domain.port_in import HolderKind
from domain.sims import SimForm

PATH = "/v1/port-ins"

EXAMPLES = """Examples:

\b
  starter.py port-in --msisdn 0639980123 --rio C1P7KD0425GH --holder "Ada Martin"
  starter.py port-in --msisdn +33639980123 --rio C1E7KD042USE --holder "Ateliers Noir" \\
      --kind business --date +5d --email ports@ateliers.example
  starter.py port-in ... --dry-run     what would happen; nothing is kept
"""


class Language(StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


def port_in(
    msisdn: Annotated[str, typer.Option(help="The number, as +336… or 06….", show_default=False)],
    rio: Annotated[str, typer.Option(help="The RIO of its contract (dial 3179 from the line).", show_default=False)],
    holder: Annotated[str, typer.Option(help="Who holds the contract at the donor.", show_default=False)],
    kind: Annotated[HolderKind, typer.Option(help="What the holder is.")] = HolderKind.CONSUMER,
    date: Annotated[
        str | None, typer.Option(help="The day: 2026-12-01, or +5d from today. Default: the last that is in time.")
    ] = None,
    sim: Annotated[SimForm, typer.Option(help="What the line moves to.")] = SimForm.PHYSICAL,
    mandate_signed_at: Annotated[
        str | None, typer.Option(help="When the holder signed the mandate, with its zone. Default: now, in legal time.")
    ] = None,
    email: Annotated[str | None, typer.Option(help="Where the customer is told.", show_default=False)] = None,
    phone: Annotated[str | None, typer.Option(help="Another number to tell them at.", show_default=False)] = None,
    language: Annotated[Language, typer.Option(help="What they are told in.")] = Language.FRENCH,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    key: Annotated[
        str | None, typer.Option(help="Idempotency key. Default: a new one per call.", show_default=False)
    ] = None,
    watched: Annotated[
        bool | None,
        typer.Option("--watch/--no-watch", help="Follow the order. Default: at a terminal.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Port a number in from the operator that its RIO names."""
    with session(as_json) as here:
        body: dict[str, Any] = {
            "msisdn": msisdn,
            "rio": rio,
            "holder": {"kind": kind.value, "name": holder},
            "sim": {"form": sim.value},
            "mandate": {"signed_at": mandate_signed_at or here.clock.legal.astimezone(UTC).isoformat()},
        }
        if date is not None:
            body["requested_date"] = date
        if email or phone or language is not Language.FRENCH:
            told = {"email": email, "phone": phone, "language": language.value}
            body["contact"] = {name: value for name, value in told.items() if value}
        answer = here.api.create(PATH, body, key=key or str(uuid.uuid4()), dry_run=dry_run)
        if dry_run:
            would = [] if as_json else render.facts(answer, here.times, "  ")
            here.screen.answer(answer, "Nothing was ordered. What would happen:", *would)
        else:
            _accepted(here, answer, watched)


def _accepted(here: Session, answer: dict[str, Any], watched: bool | None) -> None:
    accepted = Order.model_validate(answer)
    if watched is None:
        watched = here.screen.console.is_terminal and not here.screen.as_json
    if not watched:
        follow = f"Follow it: python starter.py watch {accepted.order_id}"
        here.screen.answer(answer, render.head(accepted), follow)
    elif not watch.show(here, accepted.order_id).is_done:
        raise typer.Exit(REFUSED_OR_FAILED)
