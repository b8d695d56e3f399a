"""`replace-sim`: another SIM for a line of ours."""

from datetime import UTC
from typing import Annotated, Any

import typer

from cli.new_order import given, order
from cli.options import Agent, AsJson, DryRun, Key, Watched
from cli.session import Session, open_session
from domain.authentication import AuthenticationMethod
from domain.sim_replacement import ReplacementReason
from domain.sims import SimForm

PATH = "/v1/sim-replacements"

EXAMPLES = """Examples:

\b
  starter.py replace-sim --msisdn 0639980123 --reason lost --method portal
  starter.py replace-sim --msisdn 0639980123 --reason damaged --method in_shop --agent ada \\
      --iccid 8933010000000000002
  starter.py replace-sim --msisdn 0639980123 --reason upgrade --form esim --method one_time_code
  starter.py replace-sim --msisdn 0639980123 --reason stolen --method in_shop --agent ada \\
      --imei 490154203237518 --declaration "PV 2026/123" --filed-at 2026-06-03T10:00:00+02:00
  starter.py replace-sim ... --dry-run     what would happen; nothing is kept
"""


def replace_sim(
    msisdn: Annotated[str, typer.Option(help="The number, as +336… or 06….", show_default=False)],
    reason: Annotated[
        ReplacementReason,
        typer.Option(help="Lost, stolen, fraud: the old SIM is barred at once.", show_default=False),
    ],
    method: Annotated[
        AuthenticationMethod,
        typer.Option(help="How the holder shows who he is; after a fraud only in_shop.", show_default=False),
    ],
    agent: Agent = None,
    form: Annotated[SimForm, typer.Option(help="A card or an eSIM profile.")] = SimForm.PHYSICAL,
    iccid: Annotated[
        str | None, typer.Option(help="The card that the shop hands over. Default: one is sent by post.")
    ] = None,
    eid: Annotated[str | None, typer.Option(help="The phone that the eSIM is for.", show_default=False)] = None,
    imei: Annotated[
        str | None, typer.Option(help="Stolen: the handset that is gone. Else: the one that the new SIM goes into.")
    ] = None,
    declaration: Annotated[
        str | None, typer.Option(help="Stolen: reference of the police declaration; `declare` brings it later.")
    ] = None,
    filed_at: Annotated[
        str | None, typer.Option(help="When it was filed, with its zone. Default: now, in legal time.")
    ] = None,
    dry_run: DryRun = False,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """Replace the SIM of a line of ours.

    `bar` alone is for a phone that may be found again.
    """
    if filed_at is not None and declaration is None:
        raise typer.BadParameter("says when a declaration was filed: give --declaration too", param_hint="--filed-at")
    with open_session(as_json) as session:
        body = given(
            msisdn=msisdn,
            reason=reason.value,
            form=form.value,
            imei=imei,
            eid=eid,
            iccid=iccid,
            declaration=None if declaration is None else _declared(session, declaration, filed_at),
            authentication=given(method=method.value, agent=agent),
        )
        order(session, PATH, body, key=key, watched=watched, dry_run=dry_run)


def _declared(session: Session, reference: str, filed_at: str | None) -> dict[str, Any]:
    return {"reference": reference, "filed_at": filed_at or session.clock.legal.astimezone(UTC).isoformat()}
