"""docs/failure-modes.md promises tests by name."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(test_[a-z0-9_]+)`")
DEFINED = re.compile(r"^(?:async )?def (test_[a-z0-9_]+)", re.MULTILINE)


def test_every_test_that_the_document_names_exists() -> None:
    named = set(NAMED.findall((ROOT / "docs" / "failure-modes.md").read_text()))
    defined = {name for file in (ROOT / "tests").rglob("test_*.py") for name in DEFINED.findall(file.read_text())}
    assert named
    assert named <= defined, f"not there: {sorted(named - defined)}"
