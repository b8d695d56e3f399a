"""The command line as a program would run it: no terminal, output split in two."""

from dataclasses import dataclass

from click.testing import Result
from typer.testing import CliRunner

from cli.app import app


@dataclass
class Terminal:
    """Runs `starter.py` with an environment of its own."""

    env: dict[str, str]

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), env=self.env, input=typed)
