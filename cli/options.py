"""Options that several verbs share."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who asks: kept in the order's timeline.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: kept in the order's timeline.", show_default=False)]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As +336… or 06….", show_default=False)]
Agent = Annotated[str | None, typer.Option(help="In a shop: who has seen the proof of identity.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Key = Annotated[str | None, typer.Option(help="Idempotency key. Default: a new one per call.", show_default=False)]
Watched = Annotated[
    bool | None,
    typer.Option("--watch/--no-watch", help="Follow the order. Default: at a terminal.", show_default=False),
]

NOBODY_NAMED = "command line"
"""The actor of a change whose author did not say who they are."""
