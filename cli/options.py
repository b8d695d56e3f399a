"""Options that several verbs share."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who asks: kept in the order's timeline.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: kept in the order's timeline.", show_default=False)]

NOBODY_NAMED = "command line"
"""The actor of a change whose author did not say who they are."""
