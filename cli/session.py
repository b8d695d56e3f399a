"""What every verb has: the API, and a screen that speaks to a person or to a program."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import typer
from rich.console import Console, RenderableType

from cli.access import Access
from cli.client import Api
from cli.errors import ApiRefused, CliError
from cli.times import Times
from cli.views import ClockAnswer

REFUSED_OR_FAILED = 1


class Screen:
    """With `as_json`, standard output carries JSON and nothing else; complaints to a person go to standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(highlight=False, soft_wrap=True)
        self._complaints = Console(stderr=True, highlight=False, soft_wrap=True)

    def answer(self, body: dict[str, Any], *human: RenderableType) -> None:
        """The answer: `body` for a program, `human` for a person; empty texts are left out."""
        if self.as_json:
            typer.echo(json.dumps(body, ensure_ascii=False))
            return
        for part in filter(None, human):
            self.console.print(part)

    def warn(self, text: str) -> None:
        """A note for a person beside the answer; a program has no use for it."""
        if not self.as_json:
            self._complaints.print(text, style="yellow", markup=False)

    def complain(self, trouble: CliError) -> None:
        if self.as_json:
            typer.echo(json.dumps(trouble.as_json(), ensure_ascii=False))
        else:
            self._complaints.print(str(trouble), style="red", markup=False)


@dataclass
class Session:
    api: Api
    screen: Screen

    @cached_property
    def clock(self) -> ClockAnswer:
        """The legal clock, read once."""
        return ClockAnswer.model_validate(self.api.read("/v1/clock"))

    @cached_property
    def times(self) -> Times:
        """How instants are shown, also while the legal clock is away."""
        try:
            return Times(self.clock)
        except ApiRefused as away:
            if away.status != httpx.codes.SERVICE_UNAVAILABLE:
                raise
            return Times(None)


@contextmanager
def open_session(as_json: bool) -> Iterator[Session]:
    """Runs a verb; what the API refuses is told, and ends the program with status 1, a setting that cannot
    work with status 2.
    """
    screen = Screen(as_json)
    try:
        with Api(Access.from_environment(os.environ)) as api:
            yield Session(api, screen)
    except CliError as trouble:
        screen.complain(trouble)
        raise typer.Exit(trouble.exit_status) from None
