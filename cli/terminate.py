"""`terminate`: end the contract of a line of ours."""

import uuid
from typing import Annotated

import typer

from cli import leaving_view
from cli.new_order import given, order
from cli.options import Agent, AsJson, DryRun, Key, Number, Watched
from cli.session import Session, open_session
from cli.views import Leaving
from domain.authentication import AuthenticationMethod

PATH = "/v1/terminations"

EXAMPLES = """Examples:

\b
  starter.py terminate 0639980123 --method portal
  starter.py terminate 0639980123 --method in_shop --agent ada --date 2026-12-31
  starter.py terminate 0639980123 --method one_time_code --date +30d
  starter.py terminate ... --dry-run     what it would cost; nothing is kept
"""


def terminate(
    number: Number,
    method: Annotated[AuthenticationMethod, typer.Option(help="How the holder shows who he is.", show_default=False)],
    date: Annotated[
        str | None,
        typer.Option(help="The last day: 2026-12-31, or +30d from today. Default: the first that the notice allows."),
    ] = None,
    agent: Agent = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask at a terminal whether the cost is understood.")
    ] = False,
    dry_run: DryRun = False,
    key: Key = None,
    watched: Watched = None,
    as_json: AsJson = False,
) -> None:
    """End the contract of a line of ours.

    What leaving costs is shown first, each figure with its rule. `cancel` withdraws until the last day is over.
    """
    with open_session(as_json) as session:
        body = given(
            msisdn=number,
            requested_date=date,
            authentication=given(method=method.value, agent=agent),
        )
        if dry_run or not as_json:
            _show_the_cost(session, body, dry_run)
        if dry_run:
            return
        if not (yes or as_json) and session.screen.console.is_terminal:
            typer.confirm("End the contract?", abort=True)
        order(session, PATH, body, key=key, watched=watched)


def _show_the_cost(session: Session, body: dict[str, object], dry_run: bool) -> None:
    told = session.api.create(PATH, body, key=str(uuid.uuid4()), dry_run=True)
    first = "Nothing was ordered. What would happen:" if dry_run else "What leaving costs and brings about:"
    shown = [] if session.screen.as_json else leaving_view.preview(Leaving.model_validate(told), session.times)
    session.screen.answer(told, first, *shown)
