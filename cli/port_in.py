"""`port-in`: bring a number here from another operator."""

from datetime import UTC
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.new_order import given, order
from cli.options import AsJson, DryRun, Key, Watched
from cli.session import open_session
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
    dry_run: DryRun = False,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Port a number in from the operator that its RIO names."""
    with open_session(as_json) as session:
        body: dict[str, Any] = {
            "msisdn": msisdn,
            "rio": rio,
            "holder": {"kind": kind.value, "name": holder},
            "sim": {"form": sim.value},
            "mandate": {"signed_at": mandate_signed_at or session.clock.legal.astimezone(UTC).isoformat()},
        }
        if date is not None:
            body["requested_date"] = date
        if email or phone or language is not Language.FRENCH:
            body["contact"] = given(email=email or None, phone=phone or None, language=language.value)
        order(session, PATH, body, key=key, watched=watched, dry_run=dry_run)
