"""docs/failure-modes.md promises tests by name."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "failure-modes.md").read_text(encoding="utf-8")
NAMED = re.compile(r"^  - `(test_[a-z0-9_]+)`$", re.MULTILINE)
DEFINED = re.compile(r"^(?:async )?def (test_[a-z0-9_]+)", re.MULTILINE)
ITEM = re.compile(r"^- \*.*?(?=^- \*|^#|\Z)", re.MULTILINE | re.DOTALL)


def test_every_test_that_the_document_names_exists() -> None:
    named = set(NAMED.findall(TEXT))
    defined = {name for file in (ROOT / "tests").rglob("test_*.py") for name in DEFINED.findall(file.read_text())}
    assert named == set(re.findall(r"test_[a-z0-9_]+", TEXT))
    assert named <= defined, f"not there: {sorted(named - defined)}"


def test_every_item_of_the_document_names_a_test_that_proves_it() -> None:
    items = ITEM.findall(TEXT)
    assert items
    assert [item for item in items if not NAMED.search(item)] == []
